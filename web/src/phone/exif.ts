// Time and place that the camera wrote into a JPEG. Scaling a photo down loses them, so they are read first.
export interface Taken {
  at: string | null // as the camera says it, ISO form without a zone
  lon: number | null
  lat: number | null
}

const NONE: Taken = { at: null, lon: null, lat: null }
const DATE_TAKEN = 0x9003
const EXIF_PART = 0x8769
const GPS_PART = 0x8825

class Tags {
  constructor(private readonly view: DataView, private readonly start: number, private readonly little: boolean) {}

  private short = (at: number) => this.view.getUint16(this.start + at, this.little)
  private long = (at: number) => this.view.getUint32(this.start + at, this.little)

  /** Where the entry of this tag stands in the directory at `directory`, or -1. */
  private find(directory: number, tag: number): number {
    const count = this.short(directory)
    for (let index = 0; index < count; index += 1) {
      const entry = directory + 2 + index * 12
      if (this.short(entry) === tag) return entry
    }
    return -1
  }

  first = () => this.long(4)

  part(directory: number, tag: number): number {
    const entry = this.find(directory, tag)
    return entry < 0 ? 0 : this.long(entry + 8)
  }

  text(directory: number, tag: number): string {
    const entry = this.find(directory, tag)
    if (entry < 0) return ''
    const length = this.long(entry + 4)
    const from = length > 4 ? this.long(entry + 8) : entry + 8
    let found = ''
    for (let index = 0; index < length; index += 1) {
      const code = this.view.getUint8(this.start + from + index)
      if (code === 0) break
      found += String.fromCharCode(code)
    }
    return found
  }

  degrees(directory: number, tag: number): number | null {
    const entry = this.find(directory, tag)
    if (entry < 0 || this.long(entry + 4) !== 3) return null
    const from = this.long(entry + 8)
    const part = (index: number) => this.long(from + index * 8) / (this.long(from + index * 8 + 4) || 1)
    return part(0) + part(1) / 60 + part(2) / 3600
  }
}

function isoOf(words: string): string | null {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(words)
  return found ? `${found[1]}-${found[2]}-${found[3]}T${found[4]}:${found[5]}:${found[6]}` : null
}

function readTags(tags: Tags): Taken {
  const exif = tags.part(tags.first(), EXIF_PART)
  const gps = tags.part(tags.first(), GPS_PART)
  const lat = gps ? tags.degrees(gps, 2) : null
  const lon = gps ? tags.degrees(gps, 4) : null
  return {
    at: exif ? isoOf(tags.text(exif, DATE_TAKEN)) : null,
    lat: lat !== null && tags.text(gps, 1) === 'S' ? -lat : lat,
    lon: lon !== null && tags.text(gps, 3) === 'W' ? -lon : lon,
  }
}

/** Where the TIFF part of the Exif segment begins, or -1. */
function tiffStart(view: DataView): number {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return -1
  let at = 2
  while (at + 10 < view.byteLength) {
    const marker = view.getUint16(at)
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return -1
    at += 2 + view.getUint16(at + 2)
  }
  return -1
}

export async function readTaken(file: Blob): Promise<Taken> {
  try {
    const view = new DataView(await file.slice(0, 262_144).arrayBuffer())
    const start = tiffStart(view)
    return start < 0 ? NONE : readTags(new Tags(view, start, view.getUint16(start) === 0x4949))
  } catch {
    return NONE // a damaged header is no reason to refuse the photo
  }
}
