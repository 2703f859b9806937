// What lies near the place of a report: streets for the address, components of the category, problems like this one.
import { all, on, one } from '../core/dom'
import { placeOf } from '../core/place'

/** Of the components listed, the one whose code stands in the field is the chosen one. */
function press(form: HTMLElement): void {
  const code = one<HTMLInputElement>('[name="component_code"]', form)?.value
  for (const row of all('[data-component]', form)) row.setAttribute('aria-pressed', String(row.dataset['component'] === code))
}

let asking: AbortController | null = null

async function refresh(form: HTMLElement): Promise<void> {
  const part = one('[data-nearby]', form)
  const place = placeOf(form)
  if (!part || !place) return
  asking?.abort()
  asking = new AbortController()
  const minor = one<HTMLInputElement>('[data-choice-minor]', form)?.value ?? ''
  const query = new URLSearchParams({ lon: String(place.lon), lat: String(place.lat), minor })
  try {
    const answer = await fetch(`${part.dataset['url']}?${query}`, { signal: asking.signal })
    if (answer.ok && !answer.redirected) part.innerHTML = await answer.text()
    press(form)
  } catch {
    // the server asks again when the report is sent
  }
}

const formOf = (element: Element) => element.closest<HTMLElement>('form[data-report]')

function put(button: HTMLElement, name: string, value: string): void {
  const form = formOf(button)
  const field = form && one<HTMLInputElement>(`[name="${name}"]`, form)
  if (!field) return
  field.value = value
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

document.addEventListener('place-changed', (event) => {
  const form = event.target instanceof Element ? formOf(event.target) : null
  if (form) void refresh(form)
})
on('category-changed', 'form[data-report]', (form) => void refresh(form))
on('click', '[data-street]', (button) => put(button, 'address', button.dataset['street'] ?? ''))
on('click', '[data-component]', (button) => {
  put(button, 'component_code', button.dataset['component'] ?? '')
  const form = formOf(button)
  if (form) press(form)
})
on('input', '[name="component_code"]', (field) => {
  const form = formOf(field)
  if (form) press(form)
})
