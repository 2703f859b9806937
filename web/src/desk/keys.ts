// Keyboard first. Single letters belong to the actions of the open case (`data-key`), and only outside of text fields.
import { all, isTyping, make, on, one } from '../core/dom'
import { t, type Words } from '../core/texts'
import { isLoading, keepKey } from './ahead'
import { openBox } from './boxes'
import { currentRow, focusList, moveBy, openRow, tickCurrent } from './list'

const page = () => Math.max(1, Math.floor((one('#list')?.clientHeight ?? 300) / 52) - 1)

const fixed: Record<string, { words: Words; run: () => void; cap?: string }> = {
  ArrowDown: { words: '下一件', run: () => moveBy(1), cap: '↓ J' },
  ArrowUp: { words: '上一件', run: () => moveBy(-1), cap: '↑ K' },
  j: { words: '下一件', run: () => moveBy(1), cap: '' },
  k: { words: '上一件', run: () => moveBy(-1), cap: '' },
  PageDown: { words: '下一件', run: () => moveBy(page()), cap: '' },
  PageUp: { words: '上一件', run: () => moveBy(-page()), cap: '' },
  Enter: { words: '打开', run: () => openRow(currentRow() ?? one('#list [data-row]')) },
  '[': { words: '上一个工作箱', run: () => openBox(-1) },
  ']': { words: '下一个工作箱', run: () => openBox(1) },
  x: { words: '勾选', run: tickCurrent, cap: 'X' },
  '/': { words: '查找', run: () => one<HTMLInputElement>('[data-search]')?.select() },
  '?': { words: '显示快捷键', run: showKeys },
}

const usable = (element: HTMLElement) =>
  !element.hasAttribute('disabled') && !element.closest('[data-busy]') && element.getClientRects().length > 0

function buttonOf(key: string): HTMLElement | null {
  const wanted = key.toLowerCase()
  return all('[data-key]').find((button) => button.dataset['key']?.toLowerCase() === wanted && usable(button)) ?? null
}

function labelOf(button: HTMLElement): string {
  const copy = button.cloneNode(true) as HTMLElement
  copy.querySelectorAll('kbd, svg').forEach((part) => part.remove())
  return (button.dataset['keyLabel'] ?? copy.textContent ?? '').trim()
}

function keyLine(cap: string, words: string): HTMLElement {
  return make('li', {}, make('span', {}, words), make('kbd', {}, cap))
}

function showKeys(): void {
  const lines = Object.entries(fixed).filter(([, { cap }]) => cap !== '').map(([key, { words, cap }]) => keyLine(cap ?? key, t(words)))
  lines.push(keyLine('Esc', t('返回列表')), keyLine('Ctrl Enter', t('提交当前表单')), keyLine('Alt 1–9', t('填入常用语')))
  lines.push(...all('[data-key]').filter(usable).map((button) => keyLine((button.dataset['key'] ?? '').toUpperCase(), labelOf(button))))
  const close = make('button', { type: 'button', class: 'btn btn-plain', 'data-close': '' }, t('关闭'))
  const dialog = make('dialog', { class: 'cl-dialog', 'aria-label': t('快捷键') },
    make('div', { class: 'cl-dialog__head' }, make('h2', {}, t('快捷键'))),
    make('div', { class: 'cl-dialog__body' }, make('ul', { class: 'cl-keys' }, ...lines)),
    make('div', { class: 'cl-dialog__foot' }, close))
  document.body.append(dialog)
  dialog.addEventListener('close', () => dialog.remove())
  dialog.showModal()
}

/** Alt and a digit put the phrase of that number into the field being written in. */
function putPhrase(digit: number): boolean {
  const field = document.activeElement
  if (!(field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement)) return false
  const holder = field.closest('form') ?? document
  const button = all('[data-phrase]', holder)[digit - 1]
  if (!button) return false
  insert(field, button.dataset['phrase'] || (button.textContent ?? '').trim())
  return true
}

function insert(field: HTMLTextAreaElement | HTMLInputElement, words: string): void {
  field.setRangeText(words, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, 'end')
  field.dispatchEvent(new Event('input', { bubbles: true }))
  field.focus()
}

function escape(): void {
  const field = document.activeElement as HTMLElement | null
  if (field && isTyping(field) && field.closest('#case')) one('#case')?.focus()
  else focusList()
}

function inText(event: KeyboardEvent): boolean {
  if (event.key === 'Escape') escape()
  else if (event.altKey && /^Digit[1-9]$/.test(event.code)) return putPhrase(Number(event.code.slice(5)))
  else if (event.ctrlKey && event.key === 'Enter') (event.target as HTMLElement).closest('form')?.requestSubmit()
  else return false
  return true
}

function outside(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement
  // Enter and the space bar on a button or link do what they always do.
  if (event.key === 'Enter' && target.closest('a, button, summary, label, input')) return false
  if (event.key === 'Escape') {
    escape()
    return true
  }
  if (event.key.startsWith('Arrow') && target.closest('[data-map], [data-frame], input, [role="radiogroup"]')) return false
  const button = event.key.length === 1 ? buttonOf(event.key) : null
  if (button) {
    button.focus()
    button.click()
    return true
  }
  const move = fixed[event.key]
  move?.run()
  return move !== undefined
}

/** Whether a key means something without the case that is on its way. */
function isOwn(key: string): boolean {
  const button = isLoading() ? buttonOf(key) : null
  return key in fixed || (button !== null && !button.closest('#case'))
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || one('dialog[open]')) return
  if (keepKey(event, () => isOwn(event.key))) return event.preventDefault()
  // 229: an input method is composing; its Enter and letters are not ours.
  if (event.isComposing || event.keyCode === 229) return
  const typing = isTyping(event.target)
  if (!typing && (event.ctrlKey || event.metaKey || event.altKey)) return
  if (typing ? inText(event) : outside(event)) event.preventDefault()
})

on('click', '[data-keys]', showKeys)
on('click', '[data-phrase]', (button) => {
  const form = button.closest('form')
  const field = form && one<HTMLTextAreaElement>('[data-phrases], textarea', form)
  if (field) insert(field, button.dataset['phrase'] || (button.textContent ?? '').trim())
})
