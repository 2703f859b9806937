// What the page finds out while one types: who calls, what lies at the place, which limits hold, what is similar; and the
// sentence "place + category" that stands in the description until a hand changes it.
import { all, on, one, prepare } from '../core/dom'
import { placeOf, putPlace } from '../core/place'
import { fieldOf, goAfter, look, put, theForm, valueOf } from './form'

let sentence = ''

function proposeSentence(): void {
  const field = fieldOf('description')
  const next = `${valueOf('address').trim()}${valueOf('minor_name')}`
  if (!field || next === sentence) return
  if (field.value === '' || field.value === sentence) put('description', next)
  sentence = next
}

on('change', '#register [name="phone"]', () => look('caller'))
on('change', '#register [name="address"]', () => {
  proposeSentence()
  look('similar')
})
on('change', '#register [name="category"]', proposeSentence)
document.addEventListener('place-changed', (event) => {
  if (!(event.target instanceof HTMLElement) || !event.target.closest('#register')) return
  proposeSentence()
  look('place', 'standards', 'similar')
})

on('change', '[name="standard_choice"]', (radio) => put('standard', (radio as HTMLInputElement).value))
on('change', '[name="component_choice"]', (radio) => put('component', (radio as HTMLInputElement).value))

// The standards have come: one alone is chosen already; among several the hand goes to the first.
document.addEventListener('htmx:afterSettle', (event) => {
  const form = theForm()
  if (!(event.target instanceof HTMLElement) || event.target.id !== 'standards' || !form) return
  const radios = all<HTMLInputElement>('[name="standard_choice"]', form)
  const chosen = radios.find((radio) => radio.checked)
  if (chosen) put('standard', chosen.value)
  if (!form.hasAttribute('data-wants-standard')) return
  form.removeAttribute('data-wants-standard')
  const category = fieldOf('category')
  if (document.activeElement !== category || !category) return
  if (!chosen && radios[0]) radios[0].focus()
  else goAfter(chosen ?? category)
})

function lookAll(form: HTMLFormElement): void {
  sentence = ''
  const expected = `${valueOf('address').trim()}${valueOf('minor_name')}`
  if (valueOf('description') === expected) sentence = expected
  if (valueOf('minor')) look('standards')
  if (valueOf('phone')) look('caller')
  const part = one('[data-place]', form)
  const place = part && placeOf(part)
  if (part && place) putPlace(part, place)
  else if (valueOf('address')) look('similar')
}

document.addEventListener('draft-restored', (event) => {
  if (event.target instanceof HTMLFormElement && event.target === theForm()) lookAll(event.target)
})
prepare((root) => {
  const form = one<HTMLFormElement>('form[data-register]', root)
  // A refused form comes back with what was typed, but with empty panels.
  if (form) window.setTimeout(() => lookAll(form))
})
