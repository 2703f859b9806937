// Keys of the map page, and the dialog that lists them. Letters belong to buttons with `data-key`, as on the desks.
import { all, isTyping, make, on, one } from '../core/dom'
import { t } from '../core/texts'

const isUsable = (element: HTMLElement): boolean => !element.hasAttribute('disabled') && element.getClientRects().length > 0

const line = (cap: string, words: string): HTMLElement => make('li', {}, make('span', {}, words), make('kbd', {}, cap))

function labelOf(button: HTMLElement): string {
  return button.getAttribute('aria-label') ?? (button.textContent ?? '').trim()
}

function showKeys(root: HTMLElement): void {
  const close = make('button', { type: 'button', class: 'btn btn-plain', 'data-close': '' }, t('关闭'))
  const lines = [
    line('← ↑ → ↓', t('移动地图')), line('+ −', t('放大、缩小')), line('Enter', t('查看地图中心处')), line('/', t('查找')), line('Esc', t('取消、关闭')),
    ...all('[data-key]', root).filter(isUsable).map((button) => line((button.dataset['key'] ?? '').toUpperCase(), labelOf(button))),
    line('Shift Enter', t('画图时完成')), line('Backspace', t('画图时退一点')), line('?', t('显示快捷键')),
  ]
  const dialog = make('dialog', { class: 'cl-dialog', 'aria-label': t('快捷键') },
    make('div', { class: 'cl-dialog__head' }, make('h2', {}, t('快捷键'))),
    make('div', { class: 'cl-dialog__body' }, make('ul', { class: 'cl-keys' }, ...lines)),
    make('div', { class: 'cl-dialog__foot' }, close))
  document.body.append(dialog)
  dialog.addEventListener('close', () => dialog.remove())
  dialog.showModal()
}

export function openKeys(root: HTMLElement, escape: () => void): void {
  on('click', '[data-keys]', () => showKeys(root))
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || one('dialog[open]') || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') return escape()
    if (isTyping(event.target)) return
    const button = event.key.length === 1 ? all('[data-key]', root).find((found) => found.dataset['key'] === event.key.toLowerCase() && isUsable(found)) : undefined
    if (event.key === '?') showKeys(root)
    else if (event.key === '/') one<HTMLInputElement>('[data-map-search]', root)?.select()
    else if (button) button.click()
    else return
    event.preventDefault()
  })
}
