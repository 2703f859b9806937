// Without a network the page stays: it says so, and no tap leads away from what is being written.
import { make, on, prepare } from '../core/dom'
import { recall } from '../core/storage'
import { t } from '../core/texts'

let bar: HTMLElement | null = null

function show(): void {
  if (bar) return
  bar = make('div', { class: 'cl-offline', role: 'alert', 'data-offline': '' }, t('网络已断开。可以接着填写，内容保存在本机，恢复后再提交'))
  document.body.prepend(bar)
}

function hide(): void {
  bar?.remove()
  bar = null
}

window.addEventListener('offline', show)
window.addEventListener('online', hide)
if (!navigator.onLine) show()

on('click', 'a[href]', (_link, event) => {
  if (navigator.onLine) return
  event.preventDefault()
  show()
  bar?.scrollIntoView({ block: 'nearest' })
})

interface Draft {
  fields: Record<string, string[]>
}

/** On the first page: a report that was begun and not sent. */
prepare((root) => {
  for (const note of root.querySelectorAll<HTMLElement>('[data-unsent]')) {
    const fields = recall<Draft>(`draft:${note.dataset['unsent']}`)?.fields ?? {}
    note.hidden = !['evidence', 'minor', 'description'].some((name) => fields[name]?.some(Boolean))
  }
})
