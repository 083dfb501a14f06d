import { Button, CloseButton, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { useColumns } from '../../components/useColumns';
import { EMPTY_CONDITION, MOST_CONDITIONS, MOST_SLICES, withAnother, type ConditionDraft, type SliceColumn, type SliceDraft } from './sliceDrafts';
import planClasses from './PlanDialog.module.css';
import classes from './SliceFields.module.css';

type Problems = ReadonlyMap<string, string>;

/** The slices of a plan: each with its name and what its rows have in common; what was refused stands at its field. */
export function SliceFields({ slices, columns, problems, onChange }: {
  slices: readonly SliceDraft[];
  columns: readonly SliceColumn[];
  /** By the place in what was sent: `slices.0.name`. */
  problems: Problems;
  onChange: (slices: SliceDraft[]) => void;
}) {
  const problem = problems.get('slices');
  return (
    <fieldset className={planClasses.wide}>
      <legend>Slices</legend>
      <p className="dim small">Parts of the rows that are measured by themselves as well, each held to what is asked of the whole version.</p>
      {slices.map((slice, place) => (
        <OneSlice
          key={slice.key}
          slice={slice}
          place={place}
          columns={columns}
          problems={problems}
          onChange={(changed) => onChange(slices.map((each) => (each === slice ? changed : each)))}
          onRemove={() => onChange(slices.filter((each) => each !== slice))}
        />
      ))}
      {problem !== undefined && <p role="alert" className={classes.problem}>{problem}</p>}
      {slices.length < MOST_SLICES && (
        <div><Button size="xs" variant="default" onClick={() => onChange(withAnother(slices))}>Add a slice</Button></div>
      )}
    </fieldset>
  );
}

function OneSlice({ slice, place, columns, problems, onChange, onRemove }: {
  slice: SliceDraft;
  place: number;
  columns: readonly SliceColumn[];
  problems: Problems;
  onChange: (slice: SliceDraft) => void;
  onRemove: () => void;
}) {
  const at = `slices.${place}`;
  const shown = slice.name.trim() || `slice ${place + 1}`;
  const withConditions = (conditions: ConditionDraft[]) => onChange({ ...slice, conditions });
  const problem = problems.get(`${at}.conditions`);
  return (
    <div role="group" aria-label={`Slice ${place + 1}`} className={classes.slice}>
      <div className={classes.line}>
        <TextInput
          className={classes.name}
          label="Name"
          placeholder="Over 60"
          maxLength={80}
          value={slice.name}
          error={problems.get(`${at}.name`)}
          onChange={(event) => onChange({ ...slice, name: event.currentTarget.value })}
        />
        <CloseButton aria-label={`Remove ${shown}`} onClick={onRemove} className={classes.remove} />
      </div>
      {slice.conditions.map((condition, number) => (
        <OneCondition
          key={number}
          condition={condition}
          columns={columns}
          problemAt={(field) => problems.get(`${at}.conditions.${number}${field}`)}
          onChange={(changed) => withConditions(slice.conditions.map((each, index) => (index === number ? changed : each)))}
          onRemove={slice.conditions.length > 1 ? () => withConditions(slice.conditions.filter((_, index) => index !== number)) : null}
        />
      ))}
      {problem !== undefined && <p role="alert" className={classes.problem}>{problem}</p>}
      {slice.conditions.length < MOST_CONDITIONS && (
        <div><Button size="compact-xs" variant="subtle" onClick={() => withConditions([...slice.conditions, EMPTY_CONDITION])}>And also…</Button></div>
      )}
    </div>
  );
}

function OneCondition({ condition, columns, problemAt, onChange, onRemove }: {
  condition: ConditionDraft;
  columns: readonly SliceColumn[];
  problemAt: (field: string) => string | undefined;
  onChange: (condition: ConditionDraft) => void;
  onRemove: (() => void) | null;
}) {
  const column = columns.find((each) => each.name === condition.column);
  const { titleOf, labelOf, valuesOf } = useColumns();
  const whole = problemAt('');
  const named = condition.values.map((value) => labelOf(condition.column ?? '', value));
  return (
    <div className={classes.line}>
      <Select
        className={classes.column}
        label="Column"
        placeholder="Choose one"
        data={columns.map(({ name }) => ({ value: name, label: withName(titleOf(name), name) }))}
        value={condition.column}
        error={problemAt('.column')}
        onChange={(name) => onChange({ ...EMPTY_CONDITION, column: name })}
        searchable
      />
      {column?.kind === 'NUMBER' && (
        <>
          <NumberInput label="From" placeholder="No least" value={condition.low} error={problemAt('.low') ?? whole} onChange={(low) => onChange({ ...condition, low })} className={classes.end} />
          <NumberInput label="To below" placeholder="No greatest" value={condition.high} error={problemAt('.high')} onChange={(high) => onChange({ ...condition, high })} className={classes.end} />
        </>
      )}
      {column?.kind === 'CATEGORY' && (
        <TagsInput
          className={classes.values}
          label="Is one of"
          placeholder={condition.values.length === 0 ? 'As the rows have it' : undefined}
          description={named.some((label, place) => label !== condition.values[place]) ? named.join(', ') : undefined}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={[...(column.categories ?? valuesOf(column.name))]}
          renderOption={({ option }) => withName(labelOf(column.name, option.value), option.value)}
          value={condition.values}
          error={problemAt('.values') ?? whole}
          onChange={(values) => onChange({ ...condition, values })}
          splitChars={[]}
          acceptValueOnBlur
          clearable
        />
      )}
      {onRemove && <CloseButton aria-label={`Remove the condition on ${condition.column ?? 'no column'}`} onClick={onRemove} className={classes.remove} />}
    </div>
  );
}

function withName(meaning: string, name: string): string {
  return meaning === name ? name : `${meaning} (${name})`;
}
