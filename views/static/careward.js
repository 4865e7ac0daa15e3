import { initAll } from './vendor/govuk-frontend.min.js'
import './vendor/accessible-autocomplete.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// Complete the names of records as they are typed; without this the server looks the name up.
for (const box of document.querySelectorAll('.cw-lookup[data-lookup]')) {
  const typed = box.querySelector('input:not([type=hidden]):not([type=radio])')
  const chosen = box.querySelector('input[type=hidden]')
  if (!box.dataset.lookup || box.querySelector('input[type=radio]')) continue
  const holder = document.createElement('div')
  typed.after(holder)
  typed.remove()
  window.accessibleAutocomplete({
    element: holder,
    id: typed.id,
    name: typed.name,
    defaultValue: typed.value,
    minLength: 2,
    confirmOnBlur: false,
    source: async (text, show) => {
      const answer = await fetch(box.dataset.lookup + '?q=' + encodeURIComponent(text), { headers: { Accept: 'application/json' } })
      show(answer.ok ? await answer.json() : [])
    },
    templates: {
      inputValue: (found) => (typeof found === 'string' ? found : found?.name ?? ''),
      suggestion: (found) => {
        const text = document.createElement('span')
        text.textContent = typeof found === 'string' ? found : found.name
        return text.innerHTML
      }
    },
    onConfirm: (found) => { if (found) chosen.value = '#' + found.id }
  })
}
