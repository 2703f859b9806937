// What the map engine expects and Chromium 90 lacks.
if (!('hasOwn' in Object)) {
  Object.defineProperty(Object, 'hasOwn', {
    configurable: true,
    writable: true,
    value: (object: object, name: PropertyKey) => Object.prototype.hasOwnProperty.call(object, name),
  })
}
for (const prototype of [Array.prototype, String.prototype, Object.getPrototypeOf(Int8Array.prototype)] as object[]) {
  if ('at' in prototype) continue
  Object.defineProperty(prototype, 'at', {
    configurable: true,
    writable: true,
    value(this: ArrayLike<unknown>, index: number) {
      const whole = Math.trunc(index) || 0
      return this[whole < 0 ? this.length + whole : whole]
    },
  })
}
export {}
