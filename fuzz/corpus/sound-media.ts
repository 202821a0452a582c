import { execFileSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** Sound media from which broken media are made. */
export interface Seeds {
  readonly images: ReadonlyMap<string, Buffer>
  readonly videos: ReadonlyMap<string, Buffer>
  /** Upright face, 96 × 120 pixels. */
  readonly portrait: Buffer
}

const TESTDATA = new URL('../../testdata/', import.meta.url)

/** Containers that only ffmpeg reads, and how it writes them to a pipe. MXF needs a file. */
const OTHER_CONTAINERS: Readonly<Record<string, readonly string[]>> = {
  'a.ts': ['-c:v', 'mpeg2video', '-f', 'mpegts'],
  'a.mpg': ['-c:v', 'mpeg2video', '-f', 'mpeg'],
  'a.flv': ['-c:v', 'flv', '-f', 'flv'],
  'a.wmv': ['-c:v', 'wmv2', '-f', 'asf'],
  'a.ogv': ['-c:v', 'libtheora', '-f', 'ogg'],
}

/** A face in every format of pictures, and the smallest test videos. */
export async function loadSeeds(): Promise<Seeds> {
  const portrait = await sharp(fileURLToPath(new URL('real/grace_hopper.jpg', TESTDATA)))
    .resize({ width: 96, height: 120, fit: 'cover', position: 'top' })
    .png()
    .toBuffer()
  const encode = {
    'a.jpg': () => sharp(portrait).jpeg(),
    'progressive.jpg': () => sharp(portrait).jpeg({ progressive: true }),
    'exif.jpg': () =>
      sharp(portrait)
        .jpeg()
        .withIccProfile('p3')
        .withExifMerge({ IFD0: { Artist: 'nobody' } })
        .withMetadata({ orientation: 6 }),
    'a.png': () => sharp(portrait),
    'palette.png': () => sharp(portrait).png({ palette: true, progressive: true }),
    'a.webp': () => sharp(portrait).webp(),
    'lossless.webp': () => sharp(portrait).webp({ lossless: true }),
    'a.gif': () => sharp(portrait).gif(),
    'a.tiff': () => sharp(portrait).tiff({ compression: 'lzw' }),
    'tiled.tiff': () => sharp(portrait).tiff({ tile: true, compression: 'deflate' }),
    'a.avif': () => sharp(portrait).avif({ effort: 1 }),
  }
  const images = new Map<string, Buffer>()
  for (const [name, make] of Object.entries(encode)) images.set(name, await make().toBuffer())
  images.set('a.heic', await readFile(new URL('image/gradient.heic', TESTDATA)))
  const folder = new URL('video/formats/', TESTDATA)
  const videos = new Map<string, Buffer>()
  for (const name of (await readdir(folder)).sort()) {
    if (/\.(mp4|mov|webm|mkv)$/.test(name)) videos.set(name, await readFile(new URL(name, folder)))
  }
  const film = videos.get('gop-12.mp4')!
  for (const [name, options] of Object.entries(OTHER_CONTAINERS)) {
    videos.set(
      name,
      execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-an', ...options, 'pipe:1'], { input: film }),
    )
  }
  return { images, videos, portrait }
}
