import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDataset, verifyDataset } from '../../src/index.ts'
import { filled, tree } from './tree.ts'

describe('faceforensics', () => {
  const files = {
    ...filled(
      'original_sequences/youtube/c23/videos/000.mp4',
      'original_sequences/youtube/c23/videos/003.mp4',
      'original_sequences/youtube/c40/videos/003.mp4',
      'original_sequences/actors/c23/videos/01__walking.mp4',
      'manipulated_sequences/Deepfakes/c23/videos/000_003.mp4',
      'manipulated_sequences/Deepfakes/masks/videos/000_003.mp4',
      'manipulated_sequences/NeuralTextures/raw/videos/003_000.mp4',
      'manipulated_sequences/DeepFakeDetection/c23/videos/02_01__walking__ABC.mp4',
    ),
    'splits/train.json': '[["000","003"]]',
    'val.json': '[["007","009"]]',
    'test.json': '[]', // beside the folders, where others put the lists
  }

  it('knows method, family, compression, pair, split and mask', async () => {
    const { items } = await readDataset('faceforensics', await tree(files))
    expect(items.map(({ path }) => path)).toHaveLength(5)
    expect(items.find(({ method }) => method === 'Deepfakes')).toEqual({
      path: 'manipulated_sequences/Deepfakes/c23/videos/000_003.mp4',
      kind: 'video',
      label: 'fake',
      family: 'face_swap',
      method: 'Deepfakes',
      video: 'Deepfakes/000_003',
      identities: ['000', '003'],
      split: 'train',
      compression: 'c23',
      mask: 'manipulated_sequences/Deepfakes/masks/videos/000_003.mp4',
    })
    expect(items.find(({ method }) => method === 'NeuralTextures')).toMatchObject({
      family: 'reenactment',
      compression: 'raw',
      mask: null,
    })
  })

  it('verify names what the official lists name and is not there', async () => {
    const found = await verifyDataset(await readDataset('faceforensics', await tree(files)))
    expect(found.missing).toEqual([
      'manipulated_sequences/Deepfakes/c23/videos/003_000.mp4',
      'manipulated_sequences/Deepfakes/c23/videos/007_009.mp4',
      'manipulated_sequences/Deepfakes/c23/videos/009_007.mp4',
      'manipulated_sequences/NeuralTextures/raw/videos/000_003.mp4',
      'manipulated_sequences/NeuralTextures/raw/videos/007_009.mp4',
      'manipulated_sequences/NeuralTextures/raw/videos/009_007.mp4',
      'original_sequences/youtube/c23/videos/007.mp4',
      'original_sequences/youtube/c23/videos/009.mp4',
      'original_sequences/youtube/c40/videos/000.mp4',
      'original_sequences/youtube/c40/videos/007.mp4',
      'original_sequences/youtube/c40/videos/009.mp4',
    ])
    expect(found.counts).toEqual({
      label: { fake: 2, real: 3 },
      method: { Deepfakes: 1, NeuralTextures: 1 },
      split: { train: 5 },
      compression: { c23: 3, c40: 1, raw: 1 },
      sex: {},
      age: {},
      skinTone: {},
    })
  })

  it('deepfakedetection reads the actors of the same tree', async () => {
    const { items } = await readDataset('deepfakedetection', await tree(files))
    expect(items.map(({ label, identities }) => [label, identities])).toEqual([
      ['fake', ['actor-02', 'actor-01']],
      ['real', ['actor-01']],
    ])
    const { unpaired } = await verifyDataset({
      ...(await readDataset('deepfakedetection', await tree(files))),
    })
    expect(unpaired).toEqual(['manipulated_sequences/DeepFakeDetection/c23/videos/02_01__walking__ABC.mp4'])
  })
})

describe('celeb-df', () => {
  it('takes the test videos from the list, and people from the names', async () => {
    const root = await tree({
      ...filled('Celeb-real/id0_0000.mp4', 'Celeb-synthesis/id0_id16_0000.mp4', 'YouTube-real/00170.mp4'),
      'List_of_testing_videos.txt': '1 YouTube-real/00170.mp4\n0 Celeb-synthesis/id1_id2_0001.mp4\n',
    })
    const { items, missing } = await readDataset('celeb-df', root)
    expect(items.map(({ label, identities, split }) => [label, identities, split])).toEqual([
      ['real', ['id0'], null],
      ['fake', ['id0', 'id16'], null],
      ['real', ['youtube-00170'], 'test'],
    ])
    expect(missing).toEqual(['Celeb-synthesis/id1_id2_0001.mp4'])
  })
})

describe('dfdc', () => {
  it('ties a fake to its original', async () => {
    const root = await tree({
      ...filled('dfdc_train_part_0/a.mp4', 'dfdc_train_part_0/b.mp4'),
      'dfdc_train_part_0/metadata.json': JSON.stringify({
        'a.mp4': { label: 'FAKE', split: 'train', original: 'b.mp4' },
        'b.mp4': { label: 'REAL', split: 'train', original: null },
        'c.mp4': { label: 'REAL', split: 'train' },
      }),
    })
    const { items, missing } = await readDataset('dfdc', root)
    // the list calls everything `train`, which is no split
    expect(items.map(({ label, identities, split }) => [label, identities, split])).toEqual([
      ['fake', ['dfdc_train_part_0/b.mp4'], null],
      ['real', ['dfdc_train_part_0/b.mp4'], null],
    ])
    expect(missing).toEqual(['dfdc_train_part_0/c.mp4'])
  })

  it('reads the preview', async () => {
    const root = await tree({
      ...filled('method_A/1/x.mp4', 'original_videos/1/y.mp4'),
      'dataset.json': JSON.stringify({
        'method_A/1/x.mp4': { label: 'fake', set: 'test', target_id: '1', swapped_id: '2' },
        'original_videos/1/y.mp4': { label: 'real', set: 'test', target_id: '1', swapped_id: null },
      }),
    })
    const { items } = await readDataset('dfdc', root)
    expect(items.map(({ identities, split }) => [identities, split])).toEqual([
      [['1', '2'], 'test'],
      [['1'], 'test'],
    ])
  })
})

describe('the others', () => {
  it('deeperforensics', async () => {
    const root = await tree({
      ...filled('manipulated_videos/end_to_end/000_M101.mp4', 'source_videos/M101/BlendShape/a.mp4'),
      'lists/splits/test.txt': '000_M101.mp4\n',
    })
    const { items } = await readDataset('deeperforensics', root)
    expect(items.map(({ label, identities, split }) => [label, identities, split])).toEqual([
      ['fake', ['000', 'M101'], 'test'],
      ['real', ['M101'], null],
    ])
  })

  it('wilddeepfake: a folder of frames is one item', async () => {
    const root = await tree(
      filled('fake_train/1/fake/5/0.png', 'fake_train/1/fake/5/7.png', 'real test/2/real/9/1.png'),
    )
    const { items } = await readDataset('wilddeepfake', root)
    expect(items.map(({ path, kind, label, split }) => [path, kind, label, split])).toEqual([
      ['fake_train/1/fake/5', 'frames', 'fake', 'train'],
      ['real test/2/real/9', 'frames', 'real', 'test'],
    ])
  })

  it('mesonet', async () => {
    const root = await tree(filled('train_test/df/a.jpg', 'validation/real/b.jpg'))
    const { items } = await readDataset('mesonet', root)
    expect(items.map(({ label, split }) => [label, split])).toEqual([
      ['fake', 'train'],
      ['real', 'test'],
    ])
  })

  it('folders, with masks beside the fakes', async () => {
    const root = await tree(filled('real/a.png', 'fake/swap/b.png', 'fake/swap/b.mask.png', 'fake/c.mp4'))
    const { items } = await readDataset('folders', root)
    expect(items.map(({ path, kind, method, mask }) => [path, kind, method, mask])).toEqual([
      ['fake/c.mp4', 'video', null, null],
      ['fake/swap/b.png', 'image', 'swap', 'fake/swap/b.mask.png'],
      ['real/a.png', 'image', null, null],
    ])
  })

  it('csv, with quotes, and the line of a mistake', async () => {
    const root = await tree({
      ...filled('a, "b".png', 'c.mp4'),
      'good.csv': 'path,label,identity,split\n"a, ""b"".png",real,p1;p2,val\nc.mp4,fake,,\ngone.mp4,fake,,\n',
      'bad.csv': 'path,label\na.png,maybe\n',
    })
    const { items, missing } = await readDataset('csv', join(root, 'good.csv'))
    expect(items.map(({ path, identities, split }) => [path, identities, split])).toEqual([
      ['a, "b".png', ['p1', 'p2'], 'val'],
      ['c.mp4', [], null],
    ])
    expect(missing).toEqual(['gone.mp4'])
    await expect(readDataset('csv', join(root, 'bad.csv'))).rejects.toThrow(/bad.csv, line 2/)
  })

  it('data of one’s own are called by the name given, or by that of the folder or file', async () => {
    const root = await tree({
      ...filled('clips/real/a.png'),
      'clips/set-1.csv': 'path,label\nreal/a.png,real\n',
    })
    const folder = join(root, 'clips')
    const csv = join(folder, 'set-1.csv')
    expect((await readDataset('folders', `${folder}/`)).name).toBe('clips')
    expect((await readDataset('csv', csv)).name).toBe('set-1')
    expect((await readDataset('folders', folder, 'mine')).name).toBe('mine')
    expect((await readDataset('csv', csv, 'mine')).name).toBe('mine')
    await expect(readDataset('csv', csv, 'a/b')).rejects.toMatchObject({ code: 'bad_option' })
  })

  it('a root of another layout, or an unknown name, is refused', async () => {
    const root = await tree(filled('holiday/a.png'))
    for (const name of ['faceforensics', 'celeb-df', 'dfdc', 'wilddeepfake', 'mesonet', 'folders']) {
      await expect(readDataset(name, root), name).rejects.toMatchObject({ code: 'bad_option' })
    }
    await expect(readDataset('imagenet', root)).rejects.toThrow(/choose one of/)
  })

  it('verify finds files without a byte', async () => {
    const root = await tree({ 'real/a.png': '', 'fake/b.png': 'x' })
    expect((await verifyDataset(await readDataset('folders', root))).empty).toEqual(['real/a.png'])
  })
})

describe('traits', () => {
  it('come from the columns of a csv', async () => {
    const root = await tree({
      ...filled('a.png', 'b.png'),
      'set.csv': 'path,label,sex,age,skin_tone\na.png,real,female,30-39,IV\nb.png,fake,,,\n',
    })
    const { items } = await readDataset('csv', join(root, 'set.csv'))
    expect(items.map(({ traits }) => traits)).toEqual([
      { sex: 'female', age: '30-39', skinTone: 'IV' },
      undefined,
    ])
  })

  it('come from traits.csv beside any data set: a video’s own row, or that of the target of a swap', async () => {
    const root = await tree({
      ...filled(
        'original_sequences/youtube/c23/videos/000.mp4',
        'original_sequences/youtube/c23/videos/003.mp4',
        'manipulated_sequences/Deepfakes/c23/videos/000_003.mp4',
        'manipulated_sequences/Deepfakes/c23/videos/003_000.mp4',
      ),
      'traits.csv': 'identity,video,sex,skin_tone\n000,,female,II\n003,,male,\n,Deepfakes/003_000,female,V\n',
    })
    const data = await readDataset('faceforensics', root)
    expect(data.items.map(({ video, traits }) => [video, traits])).toEqual([
      ['Deepfakes/000_003', { sex: 'female', skinTone: 'II' }],
      ['Deepfakes/003_000', { sex: 'female', skinTone: 'V' }],
      ['000', { sex: 'female', skinTone: 'II' }],
      ['003', { sex: 'male' }],
    ])
    expect((await verifyDataset(data)).counts).toMatchObject({
      sex: { female: 3, male: 1 },
      skinTone: { II: 2, V: 1 },
    })
    const bad = await tree({ ...filled('real/a.png'), 'traits.csv': 'sex\nfemale\n' })
    await expect(readDataset('folders', bad)).rejects.toThrow(/traits.csv, line 2/)
  })
})
