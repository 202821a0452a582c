import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import { type LocatedFace, openMedia, type Picture } from '@unswap/detector'
import sharp from 'sharp'
import { CLIPS, type FaceOf, PICTURES } from './cases.ts'
import { type Forgery, forge, type Subject } from './forge.ts'
import { forgeVideo } from './video.ts'

const JPEG_QUALITY = 92

/** Finds the faces of a picture. */
type Locate = (picture: Picture) => Promise<readonly LocatedFace[]>

/**
 * Makes `fake/` and `video/` from `real/` in `folder` (the project's testdata): forged photographs with the true mask
 * beside each (`x.mask.png`), and short clips. The same photographs give the same pixels.
 * @throws UnswapError `bad_option` when a photograph has fewer faces than a case names, and as `openMedia` and ffmpeg do
 */
export async function makeFixtures(
  folder: string,
  locate: Locate,
  log: (line: string) => void,
): Promise<void> {
  const subjects = subjectsOf(join(folder, 'real'), locate)
  await mkdir(join(folder, 'fake'), { recursive: true })
  await mkdir(join(folder, 'video'), { recursive: true })
  for (const { file, kind, target, source, seed } of PICTURES) {
    const forged = forge(kind, await subjects(target), source && (await subjects(source)), seed)
    await writeForgery(join(folder, 'fake', file), forged)
    log(`fake/${file}`)
  }
  for (const { name, subject, clip, forgeries, seed } of CLIPS) {
    const still = await subjects(subject)
    await forgeVideo(join(folder, 'video', `real-${name}.mp4`), still, null, seed, clip)
    log(`video/real-${name}.mp4`)
    for (const { kind, source } of forgeries) {
      const forgery = { kind, source: source && (await subjects(source)) }
      await forgeVideo(join(folder, 'video', `fake-${name}-${kind}.mp4`), still, forgery, seed, clip)
      log(`video/fake-${name}-${kind}.mp4`)
    }
  }
}

async function writeForgery(path: string, { picture, mask }: Forgery): Promise<void> {
  const raw = { width: picture.width, height: picture.height, channels: 3 as const }
  const image = sharp(picture.data, { raw })
  await (path.endsWith('.jpg')
    ? image.jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' })
    : image.png({ compressionLevel: 9 })
  ).toFile(path)
  await sharp(mask.data, { raw: { width: mask.width, height: mask.height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toFile(path.replace(/\.[^.]+$/, '.mask.png'))
}

/** Reads each photograph and looks for its faces once. */
function subjectsOf(folder: string, locate: Locate): (face: FaceOf) => Promise<Subject> {
  const seen = new Map<string, Promise<{ picture: Picture; faces: LocatedFace[] }>>()
  const look = async (path: string) => {
    const picture = await readPicture(path)
    const found = await locate(picture)
    return { picture, faces: found.toSorted((a, b) => a.detection.box.x - b.detection.box.x) }
  }
  return async ({ picture: name, at }) => {
    const path = join(folder, name)
    const looking = seen.get(path) ?? look(path)
    seen.set(path, looking)
    const { picture, faces } = await looking
    const face = faces[at]
    if (face === undefined) {
      throw new UnswapError(
        'bad_option',
        `${basename(path)} has ${faces.length} faces; number ${at} is not there.`,
      )
    }
    return { picture, mesh: face.mesh }
  }
}

async function readPicture(path: string): Promise<Picture> {
  const media = await openMedia({ path })
  try {
    for await (const { width, height, data } of media.frames({ count: 1 })) return { width, height, data }
  } finally {
    await media.close()
  }
  throw new UnswapError('media_no_frames', `${path} holds no picture.`)
}
