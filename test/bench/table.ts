/** What is to be printed, and the samples behind it. */
export interface Table {
  readonly title: string
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Each sample that was taken, by what it was taken of; the unit is the title's. */
  readonly samples?: Readonly<Record<string, readonly number[]>>
}

/** How thorough to be. */
export interface Scale {
  /** Whether to do no more than show that everything works. */
  readonly isQuick: boolean
}

export type MakeTables = (scale: Scale) => Promise<readonly Table[]>

export function toMarkdown({ title, header, rows }: Table): string {
  const lines = [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [`### ${title}`, '', ...lines].join('\n')
}
