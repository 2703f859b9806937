// The camera: each photo is scaled down, shown at once and sent at once under an id of its own, so that sending the form
// later carries ids only. A photo that did not get through waits with its own "try again".
import { all, make, on, one, prepare, say } from '../core/dom'
import { newId } from '../core/identity'
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
}

const EVIDENCE = '/api/v1/evidence'
const token = () => one<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? ''

/** How a photo and what is known of it travel; evidence/api.py reads it. */
function request(shot: Shot): { url: string; body: FormData } {
  const body = new FormData()
  body.append('file', shot.blob, 'photo.jpg')
  body.append('purpose', shot.purpose)
  if (shot.taken.at) body.append('taken_at', shot.taken.at)
  if (shot.taken.lon !== null && shot.taken.lat !== null) {
    body.append('lon', String(shot.taken.lon))
    body.append('lat', String(shot.taken.lat))
  }
  return { url: `${EVIDENCE}/${shot.id}`, body }
}

function mark(shot: Shot, words: string, state: 'sending' | 'sent' | 'failed'): void {
  shot.state.textContent = words
  shot.item.dataset['shot'] = state
  shot.state.classList.toggle('cl-shots__state--failed', state === 'failed')
}

function send(shot: Shot): void {
  const { url, body } = request(shot)
  const carrier = new XMLHttpRequest() // fetch tells nothing of the progress of an upload
  carrier.open('PUT', url)
  carrier.setRequestHeader('X-CSRFToken', token())
  carrier.timeout = 120_000
  carrier.upload.onprogress = ({ loaded, total }) => mark(shot, t('正在上传 {0}%', Math.round((loaded / total) * 100)), 'sending')
  const fail = () => mark(shot, t('上传失败，点此重试'), 'failed')
  carrier.onerror = fail
  carrier.ontimeout = fail
  carrier.onload = () => {
    if (carrier.status >= 300) return fail()
    mark(shot, t('已上传'), 'sent')
    say(t('已上传'))
    shot.item.append(make('input', { type: 'hidden', name: shot.item.closest<HTMLElement>('[data-shots]')?.dataset['name'] ?? 'evidence', value: shot.id }))
  }
  mark(shot, t('正在上传 {0}%', 0), 'sending')
  carrier.send(body)
}

async function add(part: HTMLElement, file: File): Promise<void> {
  const list = one<HTMLUListElement>('[data-shots-list]', part)
  if (!list) return
  const taken = await readTaken(file)
  const here = knownPosition()
  const blob = await scaleDown(file)
  const image = make('img', { alt: t('照片 {0}', list.children.length + 1), src: URL.createObjectURL(blob) })
  const state = make('button', { type: 'button', class: 'cl-shots__state', 'data-again': '' })
  const drop = make('button', { type: 'button', class: 'cl-shots__drop', 'data-drop': '', 'aria-label': t('删除照片') }, '×')
  const item = make('li', {}, image, drop, state)
  list.append(item)
  const shot: Shot = {
    id: newId(), blob, item, state, purpose: part.dataset['purpose'] ?? 'report',
    taken: { at: taken.at, lon: taken.lon ?? here?.lon ?? null, lat: taken.lat ?? here?.lat ?? null },
  }
  state.addEventListener('click', () => item.dataset['shot'] === 'failed' && send(shot))
  send(shot)
}

/** Whether a photo of this form is still on its way or has failed. */
export function hasUnsent(form: HTMLFormElement): boolean {
  return one('[data-shot]:not([data-shot="sent"])', form) !== null
}

on('change', '[data-shoot]', (element) => {
  const input = element as HTMLInputElement
  const part = input.closest<HTMLElement>('[data-shots]')
  if (!part) return
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
  const image = item && one<HTMLImageElement>('img', item)
  if (image) URL.revokeObjectURL(image.src)
  item?.remove()
})
// With this script photos travel by themselves; without it the plain file field is sent with the form.
prepare((root) => all<HTMLInputElement>('[data-shoot]', root).forEach((input) => input.removeAttribute('name')))
