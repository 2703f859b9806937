// A short sound for what is new, two for what is urgent; off until switched on, and then remembered.
import { all, on, one, prepare } from '../core/dom'
import { keep, recall } from '../core/storage'

let context: AudioContext | null = null
let isOn = recall<boolean>('sound') ?? false

function beep(at: number, pitch: number): void {
  if (!context) return
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.frequency.value = pitch
  volume.gain.setValueAtTime(0.12, at)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.25)
  tone.connect(volume).connect(context.destination)
  tone.start(at)
  tone.stop(at + 0.25)
}

export function ring(urgent: boolean): void {
  if (!isOn || !context) return
  void context.resume()
  beep(context.currentTime, urgent ? 1046 : 784)
  if (urgent) beep(context.currentTime + 0.3, 1046)
}

// Browsers give sound only after a first key or click.
function wake(): void {
  if (isOn && !context && 'AudioContext' in window) context = new AudioContext()
}
document.addEventListener('keydown', wake)
document.addEventListener('pointerdown', wake)

function paint(root: ParentNode = document): void {
  for (const button of all('[data-sound]', root)) {
    button.setAttribute('aria-pressed', String(isOn))
    one('[data-sound-on]', button)?.toggleAttribute('hidden', !isOn)
    one('[data-sound-off]', button)?.toggleAttribute('hidden', isOn)
  }
}

on('click', '[data-sound]', () => {
  isOn = !isOn
  keep('sound', isOn)
  wake()
  paint()
  ring(false)
})
prepare(paint)
