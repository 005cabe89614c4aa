/** What is to be printed, and the samples behind it. */
export interface Table {
  readonly title: string
  /** Under which circumstances. */
  readonly caption?: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Each sample that was taken, by what it was taken of; the unit is the title's, where it names none. */
  readonly samples?: Readonly<Record<string, readonly number[]>>
  /** What a chart shows of it. */
  readonly bars?: readonly Bar[]
}

/** A share of the requests of the bare framework, from 0 to 1. */
export interface Bar {
  readonly of: string
  readonly series: string
  readonly share: number
}

/** How thorough to be. */
export interface Scale {
  /** Whether to do no more than show that everything works. */
  readonly isQuick: boolean
}

export type MakeTables = (scale: Scale) => Promise<readonly Table[]>

export function toMarkdown({ title, caption, header, rows }: Table): string {
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const head = caption === undefined ? [] : [caption, '']
  return [`### ${title}`, '', ...head, ...lines].join('\n')
}
