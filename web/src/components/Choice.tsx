import { SegmentedControl } from '@mantine/core';

/** One of a few, side by side. */
export function Choice({ name, value, options, onChoose }: {
  name: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChoose: (value: string) => void;
}) {
  return (
    <SegmentedControl
      size="xs"
      aria-label={name}
      value={value}
      onChange={onChoose}
      data={options.map(([each, label]) => ({ value: each, label }))}
    />
  );
}
