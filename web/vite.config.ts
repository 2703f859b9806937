import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

const here = import.meta.dirname
const source = (name: string) => resolve(here, 'src', name)

/** One SVG file with only the icons that src/icons.json names; `{% icon "bell" %}` points into it. */
function iconSprite(): Plugin {
  return {
    name: 'icon-sprite',
    generateBundle() {
      const names: string[] = JSON.parse(readFileSync(source('icons.json'), 'utf8'))
      const symbols = names.map((name) => {
        const svg = readFileSync(resolve(here, `node_modules/@tabler/icons/icons/outline/${name}.svg`), 'utf8')
        const shapes = svg.replace(/<!--[\s\S]*?-->/g, '').replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, '')
        return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, '')}</symbol>`
      })
      this.emitFile({ type: 'asset', fileName: 'icon.svg', source: readFileSync(source('icon.svg'), 'utf8') })
      this.emitFile({
        type: 'asset',
        fileName: 'icons.svg',
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`,
      })
    },
  }
}

/** maplibre-gl declares itself free of side effects, and its worker is nothing else: without this it would be dropped. */
function keepMapWorker(): Plugin {
  return {
    name: 'keep-map-worker',
    enforce: 'pre',
    async resolveId(id, importer) {
      if (!id.endsWith('maplibre-gl-worker.mjs')) return null
      const found = await this.resolve(id, importer, { skipSelf: true })
      return found && { ...found, moduleSideEffects: true }
    },
  }
}

export default defineConfig({
  // Addresses inside the build are relative, so that it works below any STATIC_URL.
  base: './',
  publicDir: false,
  plugins: [iconSprite()],
  css: {
    preprocessorOptions: {
      // Tabler's last release that Chromium 90 can draw is written with @import.
      scss: { loadPaths: [resolve(here, 'node_modules')], quietDeps: true, silenceDeprecations: ['import'] },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [keepMapWorker()],
    rolldownOptions: { output: { entryFileNames: 'chunks/[name]-[hash].js', chunkFileNames: 'chunks/[name]-[hash].js' } },
  },
  build: {
    outDir: resolve(here, 'dist'),
    emptyOutDir: true,
    target: 'chrome90',
    cssTarget: 'chrome90',
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1300, // the map engine; it is loaded only where a map is
    rolldownOptions: {
      input: {
        page: source('page.ts'),
        desk: source('desk.ts'),
        phone: source('phone.ts'),
        intake: source('intake.ts'),
        register: source('register.ts'),
        citymap: source('citymap.ts'),
        cells: source('cells.ts'),
        app: source('css/app.scss'),
        print: source('css/print.scss'),
      },
      output: {
        // Named after what it holds: a test looks that no page without a map fetches it.
        codeSplitting: { groups: [{ name: 'engine', test: /node_modules.maplibre-gl.dist.maplibre-gl[.-]/ }] },
        // Entries keep their names: templates name them, and Django's static storage adds the hashes.
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        assetFileNames: ({ names }) => (/^(app|print)\.css$/.test(names[0] ?? '') ? '[name][extname]' : 'chunks/[name]-[hash][extname]'),
      },
    },
  },
})
