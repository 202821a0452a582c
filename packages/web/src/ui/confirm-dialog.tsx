import { useEffect, useId, useRef } from 'react'
import { text } from '../text/text.ts'
import { Button } from './button.tsx'

/** Asks before something that cannot be undone. */
export function ConfirmDialog(props: {
  open: boolean
  title: string
  detail: string
  action: string
  onConfirm: () => void
  onClose: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    if (props.open) dialog.current?.showModal()
    else dialog.current?.close()
  }, [props.open])
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={props.onClose}>
      <h2 id={id}>{props.title}</h2>
      <p className="my-3">{props.detail}</p>
      <div className="flex justify-end gap-2">
        <Button onClick={props.onClose}>{text.cancel}</Button>
        <Button look="danger" onClick={props.onConfirm}>
          {props.action}
        </Button>
      </div>
    </dialog>
  )
}
