export type SwitchProps = {
  /** Read, not shown: the row beside it has the words. */
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean | undefined;
};

export function Switch({ label, isOn, onChange, isDisabled }: SwitchProps) {
  return (
    <label className="-my-2 grid min-h-10 flex-none place-items-center has-disabled:opacity-50">
      <input
        type="checkbox"
        role="switch"
        aria-label={label}
        className="switch-track"
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => onChange(event.target.checked)}
      />
    </label>
  );
}
