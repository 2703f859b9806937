// The camera: each photo is scaled down, shown at once and sent at once under an id of its own, so that sending the form
// later carries ids only. A photo that did not get through tries again by itself, and waits with its own "try again".
// The ids stand in one hidden field, `data-shots-ids`, which the draft keeps: a page that is opened again shows them.
import { all, make, on, one, prepare, say } from '../core/dom'
import { newId } from '../core/identity'
import { showSignedOut } from '../core/network'
import { t } from '../core/texts'
import { readTaken, type Taken } from './exif'
import { knownPosition } from './position'
import { scaleDown } from './scale'

interface Shot {
  id: string
  blob: Blob
  taken: Taken
  item: HTMLLIElement
  state: HTMLElement
  purpose: string
  tries: number
  name: string
}

const EVIDENCE = '/api/v1/evidence'
const MOST = 9
const PAUSES = [3_000, 10_000, 30_000, 60_000]
const waiting = new Map<HTMLLIElement, Shot>()
const token = () => one<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? ''
const partOf = (item: Element) => item.closest<HTMLElement>('[data-shots]')
const listOf = (part: HTMLElement) => one<HTMLUListElement>('[data-shots-list]', part)
const idsOf = (part: HTMLElement) => one<HTMLInputElement>('[data-shots-ids]', part)

/** How a photo and what is known of it travel; evidence/api.py reads it. */
function request(shot: Shot): { url: string; body: FormData } {
  const body = new FormData()
  body.append('file', shot.blob, shot.name)
  body.append('purpose', shot.purpose)
  if (shot.taken.at) body.append('taken_at', shot.taken.at)
  if (shot.taken.lon !== null && shot.taken.lat !== null) {
    body.append('lon', String(shot.taken.lon))
    body.append('lat', String(shot.taken.lat))
  }
  return { url: `${EVIDENCE}/${shot.id}`, body }
}

/** Write the ids of what is sent into the form's field, for the server and for the draft. */
function noteIds(part: HTMLElement): void {
  const field = idsOf(part)
  if (!field) return
  field.value = all<HTMLLIElement>('li[data-shot="sent"]', part).map((item) => item.dataset['id'] ?? '').filter(Boolean).join(',')
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

function mark(shot: Shot, words: string, state: 'sending' | 'sent' | 'failed'): void {
  shot.state.textContent = words
  shot.item.dataset['shot'] = state
  shot.state.classList.toggle('cl-shots__state--failed', state === 'failed')
}

function fail(shot: Shot): void {
  mark(shot, t('上传失败，点此重试'), 'failed')
  waiting.set(shot.item, shot)
  const pause = PAUSES[shot.tries]
  shot.tries += 1
  if (pause) window.setTimeout(() => waiting.has(shot.item) && send(shot), pause)
}

function sent(shot: Shot): void {
  const part = partOf(shot.item)
  mark(shot, t('已上传'), 'sent')
  say(t('已上传'))
  if (!part) return
  noteIds(part)
  if (!hasUnsent(part)) tell(part, '')
}

function send(shot: Shot): void {
  waiting.delete(shot.item)
  if (!shot.item.isConnected) return
  const { url, body } = request(shot)
  const carrier = new XMLHttpRequest() // fetch tells nothing of the progress of an upload
  carrier.open('PUT', url)
  carrier.setRequestHeader('X-CSRFToken', token())
  carrier.timeout = 120_000
  carrier.upload.onprogress = ({ loaded, total }) => mark(shot, t('正在上传 {0}%', Math.round((loaded / total) * 100)), 'sending')
  carrier.onerror = () => fail(shot)
  carrier.ontimeout = () => fail(shot)
  carrier.onload = () => {
    if (carrier.status === 401) showSignedOut()
    if (carrier.status >= 300) fail(shot)
    else sent(shot)
  }
  mark(shot, t('正在上传 {0}%', 0), 'sending')
  carrier.send(body)
}

const holdsSounds = (part: HTMLElement) => part.dataset['sounds'] !== undefined

/** One frame of the list: the photo or the recording, its state, and a cross to take it away. */
function frame(part: HTMLElement, id: string, source: string): { item: HTMLLIElement; state: HTMLElement; image: HTMLElement } {
  const list = listOf(part)
  const number = (list?.children.length ?? 0) + 1
  const words = holdsSounds(part) ? t('录音 {0}', number) : t('照片 {0}', number)
  const image = holdsSounds(part) ? make('audio', { controls: '', preload: 'metadata', 'aria-label': words, src: source }) : make('img', { alt: words, src: source })
  const state = make('button', { type: 'button', class: 'cl-shots__state', 'data-again': '' })
  const drop = make('button', { type: 'button', class: 'cl-shots__drop', 'data-drop': '', 'aria-label': holdsSounds(part) ? t('删除录音') : `${t('删除照片')} ${number}` }, '×')
  const item = make('li', { 'data-id': id }, image, drop, state)
  list?.append(item)
  return { item, state, image }
}

function tell(part: HTMLElement, words: string): void {
  const place = one('[data-shots-state]', part)
  if (place) place.textContent = words
}

async function add(part: HTMLElement, file: File): Promise<void> {
  const most = Number(part.dataset['most'] ?? MOST)
  if ((listOf(part)?.children.length ?? 0) >= most) return tell(part, holdsSounds(part) ? t('录音最多 {0} 段', most) : t('照片最多 {0} 张', most))
  if (holdsSounds(part)) return addSound(part, file)
  const taken = await readTaken(file)
  const here = knownPosition()
  const blob = await scaleDown(file)
  const id = newId()
  const shot: Shot = {
    ...frame(part, id, URL.createObjectURL(blob)),
    id, blob, purpose: part.dataset['purpose'] ?? 'report', tries: 0, name: 'photo.jpg',
    taken: { at: taken.at, lon: taken.lon ?? here?.lon ?? null, lat: taken.lat ?? here?.lat ?? null },
  }
  shot.state.addEventListener('click', () => shot.item.dataset['shot'] === 'failed' && send(shot))
  send(shot)
}

/** A recording goes as it is; when and where it was made is not in it. */
function addSound(part: HTMLElement, file: File): void {
  const id = newId()
  const taken: Taken = { at: null, lon: null, lat: null }
  send({ ...frame(part, id, URL.createObjectURL(file)), id, blob: file, purpose: part.dataset['purpose'] ?? 'call', tries: 0, name: file.name, taken })
}

/** An upload that nobody used in time is deleted; one that was used belongs to its case. Either way it cannot be sent again. */
async function dropIfGone(part: HTMLElement, item: HTMLElement, address: string): Promise<void> {
  const answer = await fetch(address)
  if (answer.status !== 404) return // without network or session nothing is known of it
  item.remove()
  noteIds(part)
  const count = Number(part.dataset['gone'] ?? 0) + 1
  part.dataset['gone'] = String(count)
  tell(part, t('{0} 张照片已过期或已用过，请重新上传', count))
}

/** Draw what the field of ids names and the list does not show yet: a kept draft, a refused form. */
function draw(part: HTMLElement): void {
  const shown = new Set(all('li[data-id]', part).map((item) => item.dataset['id']))
  for (const id of (idsOf(part)?.value ?? '').split(',').filter(Boolean)) {
    if (shown.has(id)) continue
    const address = `${EVIDENCE}/${id}/${holdsSounds(part) ? 'original' : 'thumbnail'}`
    const { item, state, image } = frame(part, id, address)
    item.dataset['shot'] = 'sent'
    state.textContent = t('已上传')
    image.addEventListener('error', () => void dropIfGone(part, item, address).catch(() => undefined))
  }
}

/** Whether a photo of this form is still on its way or has failed. */
export function hasUnsent(form: ParentNode): boolean {
  return one('[data-shot]:not([data-shot="sent"])', form) !== null
}

on('change', '[data-shoot]', (element) => {
  const input = element as HTMLInputElement
  const part = partOf(input)
  if (!part) return
  delete part.dataset['gone']
  tell(part, '')
  for (const file of input.files ?? []) {
    add(part, file).catch(() => {
      const words = make('p', { class: 'cl-field__error', role: 'alert' }, t('这张照片无法读取'))
      part.append(words)
      window.setTimeout(() => words.remove(), 8_000)
    })
  }
  input.value = ''
})
on('click', '[data-drop]', (button) => {
  const item = button.closest('li')
  const part = item && partOf(item)
  const image = item && one<HTMLImageElement | HTMLAudioElement>('img, audio', item)
  if (image?.src.startsWith('blob:')) URL.revokeObjectURL(image.src)
  item?.remove()
  if (item) waiting.delete(item)
  if (part) noteIds(part)
})
on('draft-restored', '[data-draft]', (form) => {
  for (const part of all('[data-shots]', form)) {
    if (!idsOf(part)?.value) all('li[data-shot="sent"]', part).forEach((item) => item.remove())
    draw(part)
  }
})
window.addEventListener('online', () => [...waiting.values()].forEach(send))
window.addEventListener('beforeunload', (event) => {
  if (hasUnsent(document)) event.preventDefault()
})

prepare((root) => {
  // With this script photos travel by themselves; without it the plain file field is sent with the form.
  all<HTMLInputElement>('[data-shoot]', root).forEach((input) => input.removeAttribute('name'))
  all('[data-shots]', root).forEach(draw)
})
