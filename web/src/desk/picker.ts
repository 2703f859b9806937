// A field that finds what it wants by name or initials: units, categories, cases. Arrows move, Enter takes, Backspace in an
// empty field gives the last one back. What is chosen stands below as ordinary hidden fields.
import { all, make, on, one, prepare, say } from '../core/dom'
import { forget, keep, recall } from '../core/storage'
import { t } from '../core/texts'

interface Found {
  value: string
  label: string
  more: string
  standards?: { id: number; condition: string }[]
}
interface UnitRow { id: number; name: string; short_name: string }
interface MinorRow { id: number; code: string; name: string; kind: string; standards: { id: number; condition: string }[] }
interface CaseRow { number: string; label: string }

const EVERY = 180
const found = new WeakMap<HTMLElement, Found[]>()
const waiting = new WeakMap<HTMLElement, number>()

const partOf = (element: Element) => element.closest<HTMLElement>('[data-picker]')
const listOf = (part: HTMLElement) => one<HTMLUListElement>('[role="listbox"]', part)
const fieldOf = (part: HTMLElement) => one<HTMLInputElement>('[role="combobox"]', part)

async function ask(part: HTMLElement, words: string): Promise<Found[]> {
  const kind = part.dataset['picker']
  const q = encodeURIComponent(words)
  const url = kind === 'unit' ? `/api/v1/units?q=${q}` : kind === 'minor' ? `/api/v1/codes/search?q=${q}` : `${part.dataset['url'] ?? ''}?q=${q}`
  const answer = await fetch(url, { headers: { Accept: 'application/json' } })
  if (!answer.ok) return []
  const body: unknown = await answer.json()
  if (kind === 'unit') return (body as UnitRow[]).slice(0, 12).map((row) => ({ value: String(row.id), label: row.short_name || row.name, more: row.short_name ? row.name : '' }))
  if (kind === 'minor') return (body as { minors: MinorRow[] }).minors.slice(0, 12).map((row) => ({ value: String(row.id), label: row.name, more: row.code, standards: row.standards }))
  return (body as { items: CaseRow[] }).items.map((row) => ({ value: row.number, label: row.number, more: row.label }))
}

function close(part: HTMLElement): void {
  const [list, field] = [listOf(part), fieldOf(part)]
  if (!list || !field) return
  list.hidden = true
  list.replaceChildren()
  field.setAttribute('aria-expanded', 'false')
  field.removeAttribute('aria-activedescendant')
}

function point(part: HTMLElement, step: number): void {
  const [list, field] = [listOf(part), fieldOf(part)]
  if (!list || !field) return
  const options = all('[role="option"]', list)
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true')
  const next = options[Math.min(options.length - 1, Math.max(0, at + step))]
  for (const option of options) option.setAttribute('aria-selected', String(option === next))
  if (!next) return
  field.setAttribute('aria-activedescendant', next.id)
  next.scrollIntoView({ block: 'nearest' })
}

function show(part: HTMLElement, rows: Found[]): void {
  const [list, field] = [listOf(part), fieldOf(part)]
  if (!list || !field) return
  found.set(part, rows)
  list.replaceChildren(...rows.map((row, index) => make('li', { role: 'option', id: `${list.id}-${index}`, 'aria-selected': String(index === 0), 'data-index': String(index) }, make('span', {}, row.label), make('span', { class: 'cl-soft' }, row.more))))
  if (rows.length === 0) list.append(make('li', { class: 'cl-soft', role: 'presentation' }, t('没有找到')))
  list.hidden = false
  field.setAttribute('aria-expanded', 'true')
  if (rows.length > 0) field.setAttribute('aria-activedescendant', `${list.id}-0`)
  say(rows.length > 0 ? rows.map((row) => row.label).slice(0, 3).join('，') : t('没有找到'))
}

function fillStandards(part: HTMLElement, row: Found): void {
  const select = one<HTMLSelectElement>('select[data-standards]', part.closest('form') ?? document)
  if (!select || !row.standards) return
  while (select.options.length > 1) select.remove(1)
  for (const standard of row.standards) select.add(new Option(standard.condition, String(standard.id)))
}

export function choose(part: HTMLElement, row: Found): void {
  const field = fieldOf(part)
  if (!field) return
  if (part.dataset['picker'] === 'case') field.value = row.value
  else {
    const picked = one('[data-picked]', part)
    if (!picked) return
    if (part.dataset['many'] === undefined) picked.replaceChildren()
    if (!one(`input[value="${CSS.escape(row.value)}"]`, picked)) {
      const drop = make('button', { type: 'button', 'data-unpick': '', 'aria-label': `${t('去掉')} ${row.label}` }, '×')
      picked.append(make('li', {}, make('input', { type: 'hidden', name: part.dataset['name'] ?? '', value: row.value, 'data-label': row.label }), row.label, drop))
    }
    field.value = ''
    fillStandards(part, row)
  }
  close(part)
  remember(part)
}

interface Picks { at: number; rows: Record<string, { value: string; label: string }[]> }
const keyOf = (form: HTMLFormElement) => (form.dataset['draft'] ? `draft:picks:${form.dataset['draft']}` : null)

/** What was chosen survives a refresh like what was written. */
function remember(part: HTMLElement): void {
  const form = part.closest('form')
  const key = form && keyOf(form)
  if (!form || !key) return
  form.dispatchEvent(new Event('input', { bubbles: true }))
  const picks: Picks = { at: Date.now(), rows: {} }
  for (const input of all<HTMLInputElement>('[data-picked] input', form)) (picks.rows[input.name] ??= []).push({ value: input.value, label: input.dataset['label'] ?? '' })
  keep(key, picks)
}

function restore(form: HTMLFormElement): void {
  const key = keyOf(form)
  const picks = key ? recall<Picks>(key) : null
  for (const part of picks ? all('[data-picker][data-name]', form) : []) {
    if (one('[data-picked] li', part)) continue
    for (const row of picks?.rows[part.dataset['name'] ?? ''] ?? []) choose(part, { ...row, more: '' })
  }
}

document.addEventListener('htmx:afterRequest', (event) => {
  const { requestConfig, xhr } = (event as CustomEvent<{ requestConfig: { elt: HTMLElement }; xhr: XMLHttpRequest }>).detail
  const form = requestConfig.elt
  const key = form instanceof HTMLFormElement && xhr.status > 0 && xhr.status < 300 ? keyOf(form) : null
  if (key) forget(key)
})

on('input', '[data-picker] [role="combobox"]', (element) => {
  const field = element as HTMLInputElement
  const part = partOf(field)
  if (!part) return
  window.clearTimeout(waiting.get(part))
  const words = field.value.trim()
  if (words.length === 0) return close(part)
  waiting.set(part, window.setTimeout(() => {
    ask(part, words).then((rows) => fieldOf(part)?.value.trim() === words && show(part, rows)).catch(() => close(part))
  }, EVERY))
})

on('keydown', '[data-picker] [role="combobox"]', (element, event) => {
  const field = element as HTMLInputElement
  const part = partOf(field)
  const list = part && listOf(part)
  if (!part || !list || event.isComposing || event.keyCode === 229) return
  const isOpen = !list.hidden
  if (event.key === 'ArrowDown' && isOpen) point(part, 1)
  else if (event.key === 'ArrowUp' && isOpen) point(part, -1)
  else if (event.key === 'Escape' && isOpen) close(part)
  else if (event.key === 'Enter' && !event.ctrlKey) {
    const chosen = one('[aria-selected="true"]', list)
    const row = chosen && found.get(part)?.[Number(chosen.dataset['index'])]
    if (isOpen && row) choose(part, row)
    else if (field.value.trim() === '') return
  } else if (event.key === 'Backspace' && field.value === '') {
    one('[data-picked] li:last-child', part)?.remove()
    remember(part)
    return
  } else return
  event.preventDefault()
  event.stopPropagation()
})

on('mousedown', '[data-picker] [role="option"]', (option, event) => {
  const part = partOf(option)
  const row = part && found.get(part)?.[Number(option.dataset['index'])]
  if (part && row) choose(part, row)
  event.preventDefault()
})
on('focusout', '[data-picker] [role="combobox"]', (field) => {
  const part = partOf(field)
  if (part) window.setTimeout(() => close(part), 150)
})
on('click', '[data-unpick]', (button) => {
  const part = partOf(button)
  button.closest('li')?.remove()
  if (part) {
    remember(part)
    fieldOf(part)?.focus()
  }
})

on('draft-discarded', 'form.cl-form', (form) => {
  for (const item of all('[data-picked] li', form)) item.remove()
  const key = keyOf(form as HTMLFormElement)
  if (key) forget(key)
})

prepare((root) => {
  for (const form of all<HTMLFormElement>('form.cl-form', root)) {
    if (form.dataset['choosing'] !== undefined) continue
    form.dataset['choosing'] = ''
    restore(form)
    form.addEventListener('choose', (event) => {
      const { name, value, label } = (event as CustomEvent<{ name: string; value: string; label: string }>).detail
      const part = one(`[data-picker][data-name="${CSS.escape(name)}"]`, form)
      if (part) choose(part, { value, label, more: '' })
    })
  }
})
