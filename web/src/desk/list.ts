// The list in the middle: one row is current; arrows move, Enter opens, boxes are ticked with Shift.
import { all, one, on, prepare } from '../core/dom'
import { t } from '../core/texts'

const list = () => one('#list')
const rows = () => all('[data-row]', list() ?? document)
const linkOf = (row: HTMLElement) => one<HTMLAnchorElement>('[data-open]', row)

let current: string | null = null // id of the row whose case is open
let order: string[] = [] // ids of the rows as last shown
const finished = new Map<string, number>() // rows that were done here, and when
const ANSWERS_OVERLAP = 15_000
const ticked = new Set<string>()
let lastTick: HTMLInputElement | null = null

/** The row that has the focus, or that is open, or none. */
export function currentRow(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>('#list [data-row]')
  return focused ?? (current ? document.getElementById(current) : null)
}

function focusRow(row: HTMLElement | undefined): void {
  if (!row) return
  linkOf(row)?.focus({ preventScroll: true })
  row.scrollIntoView({ block: 'nearest' })
}

/** Go `step` rows on from the current one. */
export function moveBy(step: number): void {
  const found = rows()
  const row = currentRow()
  const at = row ? found.indexOf(row) : -1
  focusRow(found[at < 0 ? (step > 0 ? 0 : found.length - 1) : Math.min(found.length - 1, Math.max(0, at + step))])
}

export function focusList(): void {
  const row = (current && document.getElementById(current)) || rows()[0]
  if (row) focusRow(row)
  else list()?.focus()
  delete one('[data-desk]')?.dataset['showsCase']
}

export function openRow(row: HTMLElement | null): void {
  if (row) linkOf(row)?.click()
}

/** Take a row that is done off the list; an older answer still on its way must not bring it back. */
export function finishRow(id: string): void {
  finished.set(id, Date.now())
  document.getElementById(id)?.remove()
}

/** The row after this one that nobody else works on; at the end, the one before. The row itself may be gone already. */
export function nextAfter(id: string): HTMLElement | null {
  const at = order.indexOf(id)
  const free = (other: string) => {
    const row = document.getElementById(other)
    return row && other !== id && row.dataset['taken'] === undefined ? row : null
  }
  for (const other of [...order.slice(at + 1), ...order.slice(0, Math.max(0, at)).reverse()]) {
    const row = free(other)
    if (row) return row
  }
  return null
}

export function markOpen(row: HTMLElement | null): void {
  current = row?.id || null
  paint()
  const desk = one('[data-desk]')
  if (desk && row) desk.dataset['showsCase'] = ''
}

function dropFinished(): void {
  for (const [id, at] of finished) {
    if (Date.now() - at > ANSWERS_OVERLAP) finished.delete(id)
    else document.getElementById(id)?.remove()
  }
}

function paint(): void {
  dropFinished()
  order = rows().map((row) => row.id)
  for (const row of rows()) {
    if (row.id === current) row.setAttribute('aria-current', 'true')
    else row.removeAttribute('aria-current')
  }
  const boxes = all<HTMLInputElement>('#list [data-tick]')
  const here = new Set(boxes.map((box) => box.value))
  for (const value of ticked) if (!here.has(value)) ticked.delete(value)
  for (const box of boxes) box.checked = ticked.has(box.value)
  for (const bar of all('[data-batch]')) bar.hidden = ticked.size === 0
  for (const count of all('[data-batch-count]')) count.textContent = t('已勾选 {0} 件', ticked.size)
}

function setTick(box: HTMLInputElement, checked: boolean): void {
  box.checked = checked
  if (checked) ticked.add(box.value)
  else ticked.delete(box.value)
}

function tick(box: HTMLInputElement, checked: boolean, through: boolean): void {
  const boxes = all<HTMLInputElement>('#list [data-tick]')
  const [from, to] = [lastTick ? boxes.indexOf(lastTick) : -1, boxes.indexOf(box)]
  const range = through && from >= 0 ? boxes.slice(Math.min(from, to), Math.max(from, to) + 1) : [box]
  for (const each of range) setTick(each, checked)
  lastTick = box
  paint()
}

export function tickCurrent(): void {
  const row = currentRow()
  const box = row && one<HTMLInputElement>('[data-tick]', row)
  if (box) tick(box, !box.checked, false)
}

on('click', '#list [data-tick]', (element, event) => {
  const box = element as HTMLInputElement
  tick(box, box.checked, event.shiftKey)
})
on('click', '[data-tick-all]', (element) => {
  const checked = (element as HTMLInputElement).checked
  for (const box of all<HTMLInputElement>('#list [data-tick]')) setTick(box, checked)
  paint()
})
on('click', '[data-untick]', () => {
  ticked.clear()
  paint()
  focusList()
})
on('click', '#list [data-row]', (row, event) => {
  const target = event.target as Element
  if (target.closest('[data-open]')) markOpen(row)
  else if (!target.closest('a, button, input, label')) openRow(row)
})
on('click', '[data-back]', () => focusList())
document.addEventListener('htmx:afterSwap', paint)
document.addEventListener('htmx:afterSettle', paint)
prepare((root) => {
  if (root.closest('#list') || one('#list', root) || root.id === 'list') paint()
})
