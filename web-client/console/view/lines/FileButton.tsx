/** A button that asks for a file. */

import { useRef } from "preact/hooks";

type FileButtonProps = {
  label: string;
  title?: string;
  accept: string;
  disabled: boolean;
  testId: string;
  onFile: (file: File) => void;
};

export function FileButton(props: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="Button"
        title={props.title}
        disabled={props.disabled}
        onClick={() => input.current?.click()}
      >
        {props.label}
      </button>
      <input
        ref={input}
        type="file"
        class="Hidden"
        tabIndex={-1}
        aria-hidden="true"
        accept={props.accept}
        data-testid={props.testId}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file may be chosen once more, when it has been mended.
          if (file) props.onFile(file);
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
