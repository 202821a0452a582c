import type { TrainingListener } from '@unswap/lab'
import { preparing } from '../lab/preprocess-progress.ts'
import { note } from '../terminal/notices.ts'
import { printable } from '../terminal/printable.ts'
import type { Bar } from '../terminal/progress-bar.ts'

interface Shown {
  readonly minutes: number
  /** Where there is no bar: a line for each time that the trainer tells of a step. */
  readonly lines: boolean
  readonly quiet: boolean
}

/** Tells on stderr how far a training is: a bar on a terminal, lines in a log. */
export function trainProgress(bar: Bar, { minutes, lines, quiet }: Shown): TrainingListener {
  const say = (text: string) => {
    if (quiet) return
    bar.clear()
    note(text)
  }
  let began = performance.now()
  return {
    step(what) {
      began = performance.now()
      say(what)
    },
    cutting: preparing(bar),
    cut({ crops, failures, leaks }) {
      say(`${crops} crops`)
      if (failures.length > 0) say(`${failures.length} files gave no face, see failures.jsonl of the crops`)
      if (leaks.length > 0)
        say(`${leaks.length} leaks between splits: those files are left out, see leaks.jsonl`)
    },
    training({ step, loss, imagesPerSecond, left }) {
      const told = `step ${step} · loss ${loss.toFixed(3)} · ${imagesPerSecond.toFixed(1)} images/s · ${left} left`
      bar.update(Math.min(1, (performance.now() - began) / 60_000 / minutes), told)
      if (lines) note(told)
    },
    said(line) {
      // figures come as JSON, and are in figures.csv of the run; what it wrote is not finished yet
      if (line.trim() !== '' && !/^(\{|Wrote )/.test(line)) say(printable(line))
    },
    scoring(done, total) {
      bar.update(done / total, `${done}/${total} crops scored`)
    },
  }
}
