// Nobody waits for the network: keys pressed while a case is on its way are kept, and pressed again once it stands there.
// They never reach another case: the old one rests until the new one is here, and what is kept is forgotten when the step
// is refused, the list is done, the network fails, something else is opened, or a key finds nothing to press.
import { endBusy, startBusy } from '../core/busy'
import { isTyping, one } from '../core/dom'

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'altKey' | 'shiftKey'>
interface Sent {
  elt: HTMLElement
  target: HTMLElement
  xhr: XMLHttpRequest
  shouldSwap: boolean
  requestConfig: { elt: HTMLElement }
}

const MOST = 12
const MOVES = new Set(['Enter', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown'])
const MODIFIERS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'CapsLock'])
let phase: 'here' | 'sending' | 'loading' = 'here'
let kept: Pressed[] = []
let isFull = false // a key that cannot be kept: those after it are lost with it, or they would mean something else
let isReplaying = false
let latest: XMLHttpRequest | null = null

const isHere = () => phase === 'here'
const isCase = (element: EventTarget | null): element is HTMLElement => element instanceof HTMLElement && element.id === 'case'

function forget(): void {
  kept = []
  isFull = false
}

const canKeep = (event: KeyboardEvent) =>
  kept.length < MOST && !event.isComposing && event.keyCode !== 229 &&
  (MOVES.has(event.key) || event.key.length === 1) && (!event.ctrlKey || event.key === 'Enter')

/** Keep a key for the case that is on its way. `isOwn`: it means something without a case, as moving in the list does. */
export function keepKey(event: KeyboardEvent, isOwn: () => boolean): boolean {
  if (isHere() || event.metaKey || MODIFIERS.has(event.key)) return false
  if (event.key === 'Escape') {
    forget()
    return false
  }
  const typing = isTyping(event.target)
  if (typing && !(event.target as HTMLElement).closest('#case')) return false
  if (kept.length === 0 && !isFull && !typing && (MOVES.has(event.key) || isOwn())) return false
  if (event.ctrlKey && event.key !== 'Enter') return false
  if (event.repeat) return true
  if (isFull || !canKeep(event)) {
    isFull = true
    return true
  }
  const { key, code, ctrlKey, altKey, shiftKey } = event
  kept.push({ key, code, ctrlKey, altKey, shiftKey })
  return true
}

/** What stands outside of the case takes its keys while a case is loading, but not while a step is sent: they may be about it. */
export const isLoading = (): boolean => phase === 'loading'

function type(field: Element, letter: string): boolean {
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) || field.selectionStart === null) return false
  field.setRangeText(letter, field.selectionStart, field.selectionEnd ?? field.selectionStart, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
  return true
}

/** Press a kept key where the hand is now; whether that did something. */
function press(pressed: Pressed): boolean {
  const target = document.activeElement ?? document.body
  const isPlain = pressed.key.length === 1 && !pressed.altKey
  if (isPlain && isTyping(target)) return type(target, pressed.key)
  const isTaken = !target.dispatchEvent(new KeyboardEvent('keydown', { ...pressed, bubbles: true, cancelable: true }))
  if (isTaken) return !pressed.ctrlKey || !isHere()
  if (pressed.key !== 'Enter' || !(target instanceof HTMLElement) || !target.closest('a, button')) return false
  target.click()
  return !target.matches('[data-submit]') || !isHere()
}

function replay(): void {
  phase = 'here'
  isReplaying = true
  while (isHere()) {
    const next = kept.shift()
    if (!next) break
    if (!press(next)) forget()
  }
  isReplaying = false
  if (isHere()) forget()
}

const listen = (name: string, handle: (sent: Sent, event: Event) => void) =>
  document.addEventListener(name, (event) => handle((event as CustomEvent<Sent>).detail, event))

listen('htmx:beforeRequest', ({ elt, target, xhr }) => {
  if (isCase(target)) {
    if (phase !== 'sending' && !isReplaying) forget()
    phase = 'loading'
    latest = xhr
    startBusy(target)
  } else if (elt.matches('#case form[data-draft]')) phase = 'sending'
})
listen('htmx:beforeSwap', (sent, event) => {
  // An older answer may come last: then the list would mark one case and show another.
  if (isCase(event.target) && latest && sent.xhr !== latest) sent.shouldSwap = false
})
listen('htmx:afterSettle', (_sent, event) => {
  if (!isCase(event.target)) return
  endBusy(event.target)
  // After the others that listen: they put the hand where it belongs.
  const answer = latest
  window.setTimeout(() => phase === 'loading' && answer === latest && replay())
})
listen('htmx:afterRequest', ({ xhr, requestConfig }) => {
  const isOver = phase === 'sending' ? requestConfig.elt.matches('form[data-draft]') : xhr === latest && one('#case[data-busy]') !== null
  if (!isOver || isHere()) return
  phase = 'here'
  forget()
})
document.addEventListener('pointerdown', forget, { passive: true })
