// Troubles of the map are said calmly where they are felt, with the way on.
import type { Trouble } from '../core/ask'
import { make } from '../core/dom'
import { t } from '../core/texts'

/** The words of a trouble with what can be done: signing in again, or trying again. */
export function sayTrouble(tag: 'li' | 'div', trouble: Trouble, retry: () => void): HTMLElement {
  const signedOut = trouble.kind === 'signed_out'
  const button = make('button', { type: 'button', class: 'btn btn-sm' }, t(signedOut ? '重新登录' : '重试'))
  button.addEventListener('click', () => (signedOut ? window.location.reload() : retry()))
  const line = make(tag, { class: 'cl-spot cl-spot--note', role: 'alert' }, make('span', {}, trouble.words), ' ')
  if (trouble.kind !== 'refused') line.append(button)
  return line
}
