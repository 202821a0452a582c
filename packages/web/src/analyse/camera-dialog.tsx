import { useEffect, useId, useRef, useState } from 'react'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'

const t = text.analyse

/** Shows the camera's picture and takes one photograph. The camera is released when the dialog closes. */
export function CameraDialog({ onPhoto, onClose }: { onPhoto: (file: File) => void; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState(false)
  const id = useId()
  useEffect(() => {
    dialog.current?.showModal()
    let stream: MediaStream | null = null
    let closed = false
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    const open = navigator.mediaDevices?.getUserMedia({ video: { width: { ideal: 1280 } } })
    if (open) {
      open.then(
        (opened) => {
          stream = opened
          if (closed) stop()
          else if (video.current) video.current.srcObject = opened
        },
        () => setFailed(true),
      )
    } else setFailed(true)
    return () => {
      closed = true
      stop()
    }
  }, [])
  const take = () => {
    const view = video.current
    if (!view?.videoWidth) return
    const canvas = document.createElement('canvas')
    canvas.width = view.videoWidth
    canvas.height = view.videoHeight
    canvas.getContext('2d')?.drawImage(view, 0, 0)
    canvas.toBlob(
      (blob) => blob && onPhoto(new File([blob], 'camera.jpg', { type: 'image/jpeg' })),
      'image/jpeg',
      0.95,
    )
  }
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{t.cameraTitle}</h2>
      {failed ? (
        <Notice alert>{t.cameraFailed}</Notice>
      ) : (
        <video ref={video} autoPlay playsInline muted className="my-3 aspect-video w-full bg-ground" />
      )}
      <div className="mt-3 flex justify-end gap-2">
        <Button onClick={onClose}>{text.cancel}</Button>
        {!failed && (
          <Button look="primary" onClick={take}>
            {t.cameraTake}
          </Button>
        )}
      </div>
    </dialog>
  )
}
