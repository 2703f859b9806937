// The one form of this page, by the names of its fields.
import { one } from '../core/dom'
import { htmx } from '../core/htmx'

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

export const theForm = () => one<HTMLFormElement>('form[data-register]')

export function fieldOf(name: string): Field | null {
  const found = theForm()?.elements.namedItem(name)
  return found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement || found instanceof HTMLSelectElement ? found : null
}

export const valueOf = (name: string): string => fieldOf(name)?.value ?? ''

/** Write a value as if by hand, so that it is kept with the draft. */
export function put(name: string, value: string): void {
  const field = fieldOf(name)
  if (!field || field.value === value) return
  field.value = value
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

type Panel = 'standards' | 'place' | 'similar' | 'caller'

/** Fetch panels anew for what stands in the form. */
export function look(...panels: Panel[]): void {
  for (const id of panels) {
    const panel = document.getElementById(id)
    if (panel) htmx.trigger(panel, 'look', {})
  }
}

const reachable = (element: HTMLElement) => element.tabIndex >= 0 && !element.hasAttribute('disabled') && element.getClientRects().length > 0

/** The fields in the order of Tab: of a group of radio buttons the one that Tab would reach. */
export function stops(): HTMLElement[] {
  const form = theForm()
  if (!form) return []
  const seen = new Set<string>()
  return [...form.querySelectorAll<HTMLElement>('input, select, textarea, [data-main]')].filter((element) => {
    if (!reachable(element) || (element instanceof HTMLInputElement && element.type === 'file')) return false
    if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true
    const chosen = form.querySelector<HTMLInputElement>(`input[name="${CSS.escape(element.name)}"]:checked`)
    if (seen.has(element.name) || (chosen && chosen !== element)) return false
    seen.add(element.name)
    return true
  })
}

export function goAfter(element: HTMLElement): void {
  const all = stops()
  const group = element instanceof HTMLInputElement && element.type === 'radio' ? element.name : null
  const at = group ? all.findIndex((other) => other instanceof HTMLInputElement && other.name === group) : all.indexOf(element)
  const next = all[at + 1]
  next?.focus()
  if (next instanceof HTMLInputElement && next.type !== 'radio' && next.type !== 'checkbox') next.select()
}

export const goFirst = (): void => one<HTMLElement>('[data-first]')?.focus()
