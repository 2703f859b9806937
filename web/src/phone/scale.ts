// A photo of an old phone has 8 to 50 megapixels; 1600 on the long side is enough to judge and quick to send.
const LONGEST = 1600
const QUALITY = 0.85

function load(file: Blob): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image()
    const url = URL.createObjectURL(file)
    image.onload = () => {
      URL.revokeObjectURL(url)
      resolve(image)
    }
    image.onerror = () => {
      URL.revokeObjectURL(url)
      reject(new Error('unreadable'))
    }
    image.src = url
  })
}

/** The photo, upright, no longer than 1600 pixels; throws if it is no picture that this browser reads. */
export async function scaleDown(file: Blob): Promise<Blob> {
  const image = await load(file)
  const factor = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.naturalWidth * factor)
  canvas.height = Math.round(image.naturalHeight * factor)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  return made ?? file
}
