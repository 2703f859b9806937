// After an action the next case opens by itself. The server answers with the event `case-done`:
// HX-Trigger: {"case-done": {"row": "row-12", "message": "已立案", "next": "/…", "undo": "/…"}}; all but `row` may be missing.
import { make, one, say } from '../core/dom'
import { htmx } from '../core/htmx'
import { t } from '../core/texts'
import { finishRow, focusList, markOpen, nextAfter, openRow } from './list'
import { refresh } from './refresh'

interface Done {
  row?: string
  message?: string
  next?: string | null
  undo?: string
}

let toast: HTMLElement | null = null
let waiting = 0

function tell({ message, undo }: Done): void {
  toast?.remove()
  window.clearTimeout(waiting)
  if (!message) return
  say(message)
  toast = make('div', { class: 'cl-toast' }, make('span', {}, message))
  if (undo) {
    const back = make('button', { type: 'button', class: 'btn btn-sm btn-plain', 'data-key': 'u', 'data-key-label': t('撤回') }, t('撤回'), ' ', make('kbd', { 'aria-hidden': 'true' }, 'U'))
    back.addEventListener('click', () => {
      toast?.remove()
      void htmx.ajax('get', undo, { target: '#case', swap: 'innerHTML' })
    })
    toast.append(back)
  }
  document.body.append(toast)
  waiting = window.setTimeout(() => toast?.remove(), 12_000)
}

function goOn(done: Done): void {
  const next = nextAfter(done.row ?? '')
  if (done.row) finishRow(done.row)
  if (done.next) {
    const found = document.querySelector<HTMLElement>(`[data-row] [data-open][hx-get="${CSS.escape(done.next)}"]`)?.closest<HTMLElement>('[data-row]')
    markOpen(found ?? null)
    void htmx.ajax('get', done.next, { target: '#case', swap: 'innerHTML' })
  } else if (next && done.next !== null) openRow(next)
  else {
    const rest = one<HTMLTemplateElement>('template[data-rest]')
    one('#case')?.replaceChildren(...(rest ? [rest.content.cloneNode(true)] : []))
    markOpen(null)
    focusList()
  }
  refresh()
}

document.addEventListener('case-done', (event) => {
  const done = (event as CustomEvent<Done>).detail
  tell(done)
  goOn(done)
})
