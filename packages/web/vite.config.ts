import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Smallest file in bytes that is compressed: below, it saves no network packet. */
const SMALLEST = 1024

// The service serves `dist`; `vite dev` passes API calls on to a service that is already running.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwind(), compress()],
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
})

/** Writes `name.br` and `name.gz` beside each text file of the build. The service sends those as they are. */
function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    async writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|html|svg|json)$/.test(name)) continue
        const file = join(dir, name)
        const plain = await readFile(file)
        if (plain.byteLength < SMALLEST) continue
        await writeFile(`${file}.br`, brotliCompressSync(plain))
        await writeFile(`${file}.gz`, gzipSync(plain, { level: 9 }))
      }
    },
  }
}
