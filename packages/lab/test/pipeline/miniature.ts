import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Faces } from '@unswap/detector'
import { type Clip, type ForgeKind, forgeVideo, type Subject } from '../../src/index.ts'
import { readPicture, testdata } from '../forge/portraits.ts'

/** Official splits are lists of pairs; each video's face goes onto the other of its pair. */
const SPLITS = {
  train: [
    ['000', '003'],
    ['071', '054'],
  ],
  val: [
    ['720', '672'],
    ['939', '115'],
  ],
  test: [['953', '974']],
} as const
const METHODS: readonly (readonly [string, ForgeKind])[] = [
  ['Deepfakes', 'swap'],
  ['Face2Face', 'mouth_warp'],
]
const PICTURES = ['astronaut.png', 'grace_hopper.jpg', 'group-1.jpg', 'group-3.jpg', 'group-6.jpg']
/** Width of a clip's view in widths of the face's box. */
const VIEW = 2.6

/** FaceForensics++ in small: its folders, names and split files; ten people of the photographs, six frames each. */
export async function makeMiniature(root: string, faces: Faces): Promise<void> {
  const people = (await Promise.all(PICTURES.map((name) => subjectsOf(name, faces)))).flat()
  const ids = Object.values(SPLITS).flat(2)
  const videos = new Map(ids.map((id, i) => [id, people[i]!]))
  const originals = await folder(root, 'original_sequences/youtube')
  for (const [id, { subject, clip }] of videos) {
    await forgeVideo(join(originals, `${id}.mp4`), subject, null, Number(id), clip)
  }
  for (const [method, kind] of METHODS) {
    const forged = await folder(root, `manipulated_sequences/${method}`)
    for (const [a, b] of Object.values(SPLITS).flat()) {
      for (const [target, source] of [
        [a, b],
        [b, a],
      ] as const) {
        const { subject, clip } = videos.get(target)!
        const forgery = { kind, source: kind === 'swap' ? videos.get(source)!.subject : null }
        await forgeVideo(join(forged, `${target}_${source}.mp4`), subject, forgery, Number(target), clip)
      }
    }
  }
  await mkdir(join(root, 'splits'))
  for (const [split, pairs] of Object.entries(SPLITS)) {
    await writeFile(join(root, 'splits', `${split}.json`), JSON.stringify(pairs))
  }
}

async function folder(root: string, path: string): Promise<string> {
  const made = join(root, path, 'c23/videos')
  await mkdir(made, { recursive: true })
  return made
}

/** Everyone in a photograph, with a camera that looks at them alone. */
async function subjectsOf(name: string, faces: Faces): Promise<{ subject: Subject; clip: Clip }[]> {
  const picture = await readPicture(testdata(`real/${name}`))
  const { faces: found } = await faces.locate(picture, { maxFaces: 3 })
  return found.map(({ detection: { box }, mesh }) => ({
    subject: { picture, mesh },
    clip: {
      view: {
        centre: [box.x + box.width / 2, box.y + box.height / 2],
        width: VIEW * box.width,
        roll: 0,
        gain: [1, 1, 1],
      },
      width: 288,
      height: 288,
      fps: 6,
      seconds: 1,
      noise: 1.5,
      crf: 23,
    },
  }))
}
