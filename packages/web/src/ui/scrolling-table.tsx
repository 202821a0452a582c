import type { ReactNode } from 'react'

/** A table that scrolls sideways by itself; an empty column name stands for a column of actions. */
export function ScrollingTable(props: { label: string; columns: readonly string[]; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be reachable to be scrolled by keyboard
    <section className="overflow-x-auto" tabIndex={0} aria-label={props.label}>
      <table className="w-full border-collapse text-sm sm:text-base">
        <thead>
          <tr>
            {props.columns.map((name) =>
              name ? (
                <th key={name} scope="col" className="p-1 sm:p-2">
                  {name}
                </th>
              ) : (
                <td key="actions" />
              ),
            )}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </section>
  )
}
