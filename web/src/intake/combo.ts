// A field that proposes while one types: categories and places, as options that the server draws. Arrows move, Enter takes
// the marked one and goes on; Tab takes it too where the first one is meant.
import { all, on, one, say } from '../core/dom'
import { putPlace } from '../core/place'
import { t } from '../core/texts'
import { fieldOf, goAfter, look, put, theForm } from './form'

const EVERY = 120
const waiting = new WeakMap<HTMLElement, number>()

const partOf = (element: Element) => element.closest<HTMLElement>('[data-combo]')
const listOf = (part: HTMLElement) => one<HTMLUListElement>('[role="listbox"]', part)
const inputOf = (part: HTMLElement) => one<HTMLInputElement>('[role="combobox"]', part)
const marked = (list: HTMLElement) => one('[role="option"][aria-selected="true"]', list)

function close(part: HTMLElement): void {
  const [list, input] = [listOf(part), inputOf(part)]
  if (!list || !input) return
  window.clearTimeout(waiting.get(part))
  list.hidden = true
  list.replaceChildren()
  input.setAttribute('aria-expanded', 'false')
  input.removeAttribute('aria-activedescendant')
}

function mark(part: HTMLElement, step: number): void {
  const [list, input] = [listOf(part), inputOf(part)]
  if (!list || !input) return
  const options = all('[role="option"]', list)
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true')
  const next = options[Math.min(options.length - 1, Math.max(0, at + step))]
  for (const option of options) option.setAttribute('aria-selected', String(option === next))
  if (!next) return
  input.setAttribute('aria-activedescendant', next.id)
  next.scrollIntoView({ block: 'nearest' })
}

async function propose(part: HTMLElement, words: string): Promise<void> {
  const [list, input] = [listOf(part), inputOf(part)]
  if (!list || !input) return
  const answer = await fetch(`${part.dataset['combo'] ?? ''}?q=${encodeURIComponent(words)}`, { headers: { 'HX-Request': 'true' } })
  // Whoever has gone on meanwhile, or has typed more, does not want this list any more.
  if (!answer.ok || answer.status === 204 || input.value.trim() !== words || document.activeElement !== input) return
  list.innerHTML = await answer.text()
  const options = all('[role="option"]', list)
  const isSure = part.dataset['comboFirst'] !== undefined || options.length === 1 || options[0]?.dataset['sure'] !== undefined
  if (!isSure) for (const option of options) option.setAttribute('aria-selected', 'false')
  list.hidden = list.children.length === 0
  input.setAttribute('aria-expanded', String(!list.hidden))
  const first = marked(list)
  if (first) input.setAttribute('aria-activedescendant', first.id)
  else input.removeAttribute('aria-activedescendant')
  if (options[0]) say(options.slice(0, 3).map((option) => option.textContent?.trim() ?? '').join('，'))
}

function takeCategory(option: HTMLElement): void {
  for (const [key, value] of Object.entries(option.dataset)) {
    if (key.startsWith('set')) put(key.slice(3).toLowerCase(), value ?? '')
  }
  put('standard', '')
  put('component', '')
  theForm()?.setAttribute('data-wants-standard', '')
  look('standards', 'similar')
}

/** What was typed stays if it says more than the street: a house number, a landmark. */
function takePlace(option: HTMLElement, input: HTMLInputElement): void {
  const [typed, address] = [input.value.trim(), option.dataset['address'] ?? '']
  // A door or a step that was understood whole is written as it is known; a room behind it stays as typed.
  const isWhole = option.dataset['whole'] !== undefined && typed.length <= address.length + 1
  if (isWhole || !/\d|号|弄|旁|门|口|内/.test(typed)) put('address', address || typed)
  const part = input.closest<HTMLElement>('[data-place]')
  if (part) putPlace(part, { lon: Number(option.dataset['lon']), lat: Number(option.dataset['lat']) })
}

function take(part: HTMLElement, option: HTMLElement): void {
  const input = inputOf(part)
  if (!input) return
  close(part)
  if (part.dataset['comboPlace'] !== undefined) takePlace(option, input)
  else takeCategory(option)
  say(`${t('已选')} ${input.value}`)
  input.dispatchEvent(new Event('change', { bubbles: true }))
}

on('input', '[data-combo] [role="combobox"]', (element, event) => {
  const input = element as HTMLInputElement
  const part = partOf(input)
  if (!part || !event.isTrusted) return
  window.clearTimeout(waiting.get(part))
  if (part.dataset['comboPlace'] === undefined && fieldOf('minor')?.value) {
    for (const name of ['minor', 'minor_name', 'standard', 'component']) put(name, '')
    look('standards')
  }
  const words = input.value.trim()
  if (words === '') return close(part)
  if ((event as InputEvent).isComposing) return
  waiting.set(part, window.setTimeout(() => void propose(part, words).catch(() => close(part)), EVERY))
})
// An input method gives its text at the end, and no further input event in every kernel.
on('compositionend', '[data-combo] [role="combobox"]', (element) => {
  const input = element as HTMLInputElement
  const part = partOf(input)
  const words = input.value.trim()
  if (part && words) waiting.set(part, window.setTimeout(() => void propose(part, words).catch(() => close(part)), EVERY))
})

on('keydown', '[data-combo] [role="combobox"]', (element, event) => {
  const input = element as HTMLInputElement
  const part = partOf(input)
  const list = part && listOf(part)
  if (!part || !list || list.hidden || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey) return
  const option = marked(list)
  if (event.key === 'ArrowDown') mark(part, 1)
  else if (event.key === 'ArrowUp') mark(part, -1)
  else if (event.key === 'Escape') close(part)
  else if (event.key === 'Tab' && option && !event.shiftKey) return take(part, option)
  else if (event.key === 'Enter') {
    if (option) take(part, option)
    else close(part)
    if (part.dataset['comboPlace'] !== undefined || !option) goAfter(input)
  } else return
  event.preventDefault()
})
on('mousedown', '[data-combo] [role="option"]', (option, event) => {
  const part = partOf(option)
  event.preventDefault()
  if (part) take(part, option)
})
on('focusout', '[data-combo] [role="combobox"]', (input) => {
  const part = partOf(input)
  if (part) window.setTimeout(() => document.activeElement !== input && close(part), 120)
})
