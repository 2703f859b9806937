// A place in a form: two coordinate fields, with or without a map. Whoever changes them (a click on the map, the phone's
// own position, a hand) gets the words of the place from the one service that knows the grid.
import { all, on, one } from './dom'

export interface Place {
  lon: number
  lat: number
}

const LOCATE = '/api/v1/locate'

/** The place that the fields of this `data-place` part hold, if it is one. */
export function placeOf(part: ParentNode): Place | null {
  const lon = one<HTMLInputElement>('[data-lon-field]', part)?.value ?? ''
  const lat = one<HTMLInputElement>('[data-lat-field]', part)?.value ?? ''
  const place = { lon: Number(lon), lat: Number(lat) }
  return lon && lat && Math.abs(place.lon) <= 180 && Math.abs(place.lat) <= 90 ? place : null
}

/** Write a place into the fields, as if by hand. */
export function putPlace(part: ParentNode, { lon, lat }: Place): void {
  const fields: [string, number][] = [['[data-lon-field]', lon], ['[data-lat-field]', lat]]
  for (const [selector, value] of fields) {
    const field = one<HTMLInputElement>(selector, part)
    if (!field) continue
    field.value = value.toFixed(6)
    field.dispatchEvent(new Event('input', { bubbles: true }))
  }
  one('[data-lat-field]', part)?.dispatchEvent(new Event('change', { bubbles: true }))
}

/** `duty_grid.name` of the answer. */
function at(answer: Record<string, unknown>, path: string): string {
  let found: unknown = answer
  for (const key of path.split('.')) found = (found as Record<string, unknown> | null | undefined)?.[key]
  return found === null || found === undefined ? '' : String(found)
}

/** Fill `data-locate="key"` elements from the answer; a field that the person has written in is left alone. */
function fill(part: ParentNode, answer: Record<string, unknown>): void {
  for (const element of all('[data-locate]', part)) {
    const words = at(answer, element.dataset['locate'] ?? '')
    if (!(element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement)) element.textContent = words
    else if (element.value === '' || element.value === element.dataset['located']) {
      element.value = words
      element.dataset['located'] = words
      element.dispatchEvent(new Event('input', { bubbles: true }))
    }
  }
}

const asked = new WeakMap<HTMLElement, AbortController>()

async function locate(part: HTMLElement): Promise<void> {
  const place = placeOf(part)
  if (!place) return
  asked.get(part)?.abort()
  const request = new AbortController()
  asked.set(part, request)
  try {
    const answer = await fetch(`${part.dataset['locateUrl'] ?? LOCATE}?lon=${place.lon}&lat=${place.lat}`, { signal: request.signal, headers: { Accept: 'application/json' } })
    if (answer.ok) fill(part, (await answer.json()) as Record<string, unknown>)
  } catch {
    // without an answer the fields stay to be written by hand
  }
  part.dispatchEvent(new CustomEvent('place-changed', { detail: place, bubbles: true }))
}

on('change', '[data-place] [data-lon-field], [data-place] [data-lat-field]', (field) => {
  const part = field.closest<HTMLElement>('[data-place]')
  if (part) void locate(part)
})
