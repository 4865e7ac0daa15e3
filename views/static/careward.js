import { initAll } from './vendor/govuk-frontend.min.js'
import './vendor/accessible-autocomplete.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// A table that is wider than its place can be scrolled by keyboard, and says what it is.
for (const box of document.querySelectorAll('.cw-scroll')) {
  const fit = () => {
    const told = { tabindex: '0', role: 'region', 'aria-label': box.querySelector('caption').textContent }
    for (const [name, value] of Object.entries(told)) {
      if (box.scrollWidth > box.clientWidth) box.setAttribute(name, value)
      else box.removeAttribute(name)
    }
  }
  new ResizeObserver(fit).observe(box)
}

// Complete the names of records as they are typed; without this the server looks the name up.
for (const box of document.querySelectorAll('.cw-lookup[data-lookup]')) {
  const typed = box.querySelector('input:not([type=hidden]):not([type=radio])')
  const chosen = box.querySelector('input[type=hidden]')
  if (!box.dataset.lookup || box.querySelector('input[type=radio]')) continue
  const said = [...box.querySelectorAll('.govuk-hint, .govuk-error-message')].map((each) => each.textContent.trim())
  let latest = 0
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
    inputClasses: typed.classList.contains('govuk-input--error') ? 'govuk-input--error' : '',
    tAssistiveHint: () => [...said, box.dataset.hint].join(' '),
    tNoResults: () => box.dataset.nothing,
    source: async (text, show) => {
      const asked = ++latest
      const answer = await fetch(box.dataset.lookup + '?q=' + encodeURIComponent(text), { headers: { Accept: 'application/json' } })
      const names = answer.ok ? await answer.json() : []
      if (asked === latest) show(names) // a slow answer must not open the list again over what was chosen since
    },
    templates: {
      inputValue: (found) => (typeof found === 'string' ? found : found?.name ?? ''),
      suggestion: (found) => {
        const text = document.createElement('span')
        text.textContent = typeof found === 'string' ? found : found.name
        return text.innerHTML
      }
    },
    onConfirm: (found) => {
      latest += 1
      if (found) chosen.value = '#' + found.id
    }
  })
}
