// The address field of a report proposes places as one types; touching one takes its words and its point. Without a
// network it is a plain field.
import { make, on, one } from '../core/dom'
import { placeOf, putPlace } from '../core/place'
import { t } from '../core/texts'
import { knownPosition } from './position'

interface Found {
  label: string
  address: string
  point: [number, number]
  why: { words: string }[]
}

const EVERY = 250
const MOST = 6
let waiting = 0

const partOf = (element: Element) => element.closest<HTMLElement>('[data-find-part]')
const listOf = (part: HTMLElement) => one<HTMLUListElement>('[data-find-list]', part)

function close(part: HTMLElement): void {
  const list = listOf(part)
  if (!list) return
  window.clearTimeout(waiting)
  list.hidden = true
  list.replaceChildren()
}

function option(found: Found): HTMLLIElement {
  const [lon, lat] = found.point
  const why = found.why.map((one) => one.words).join(' · ')
  const about = { type: 'button', 'data-find-take': '', 'data-lon': String(lon), 'data-lat': String(lat), 'data-address': found.address }
  return make('li', {}, make('button', about, make('span', {}, found.label), make('small', {}, why)))
}

async function find(part: HTMLElement, input: HTMLInputElement): Promise<void> {
  const [list, words] = [listOf(part), input.value.trim()]
  if (!list || words.length < 2) return close(part)
  const place = part.closest<HTMLElement>('[data-place]')
  const near = knownPosition() ?? (place && placeOf(place))
  const asked = new URLSearchParams({ q: words.slice(0, 120), limit: String(MOST), ...(near ? { near: `${near.lon},${near.lat}` } : {}) })
  const answer = await fetch(`/api/v1/geocode?${asked}`, { headers: { Accept: 'application/json' } })
  if (!answer.ok || input.value.trim() !== words || document.activeElement !== input) return
  const found = (await answer.json()) as Found[]
  list.replaceChildren(...found.map(option))
  list.setAttribute('aria-label', t('地点'))
  list.hidden = found.length === 0
}

on('input', '[data-find]', (element, event) => {
  const [input, part] = [element as HTMLInputElement, partOf(element)]
  if (!part || !event.isTrusted) return
  window.clearTimeout(waiting)
  if ((event as InputEvent).isComposing) return
  waiting = window.setTimeout(() => void find(part, input).catch(() => close(part)), EVERY)
})
// An input method gives its text at the end, and no further input event in every kernel.
on('compositionend', '[data-find]', (element) => {
  const part = partOf(element)
  if (part) waiting = window.setTimeout(() => void find(part, element as HTMLInputElement).catch(() => close(part)), EVERY)
})
on('keydown', '[data-find]', (element, event) => {
  const part = partOf(element)
  if (part && event.key === 'Escape') close(part)
})
on('click', '[data-find-take]', (button) => {
  const part = partOf(button)
  const input = part && one<HTMLInputElement>('[data-find]', part)
  const place = part?.closest<HTMLElement>('[data-place]')
  if (!part || !input) return
  input.value = button.dataset['address'] ?? input.value
  close(part)
  if (place) putPlace(place, { lon: Number(button.dataset['lon']), lat: Number(button.dataset['lat']) })
  input.dispatchEvent(new Event('input', { bubbles: true }))
})
on('focusout', '[data-find-part]', (part, event) => {
  const next = (event as FocusEvent).relatedTarget
  if (!(next instanceof Node) || !part.contains(next)) window.setTimeout(() => close(part), 200)
})
