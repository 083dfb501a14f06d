import { Checkbox, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ReasonDialog } from '../../components/ReasonDialog';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { graphql, readFragment } from '../../gql';
import type { PlanFiguresFragment, VersionFiguresFragment } from '../../gql/graphql';
import { PlanFigures } from './PlanFacts';
import classes from './PlanDialog.module.css';
import { ContrastFields } from './ContrastFields';
import { areTheSameContrasts, contrastDraftsOf, contrastsOf } from './contrastDrafts';
import { SliceFields } from './SliceFields';
import { areTheSame, draftsOf, slicesOf } from './sliceDrafts';
import { changes, CORRECTIONS, FIELD_GROUPS, isWhole, OUTPUTS, shown, TRIGGERS, type Draft } from './planFields';
import { usePlannedMeasures } from './usePlannedMeasures';
import { WorthFields } from './WorthFields';
import { isTheSameWorth, worthDraftOf, worthOf } from './worthDrafts';

const ChangePlan = graphql(`
  mutation ChangePlan($input: ChangePlanInput!) {
    changePlan(input: $input) {
      __typename
      ... on ChangePlanPayload {
        plan {
          ...PlanFigures
        }
      }
      ...Refusal
    }
  }
`);

const HAPPENS = [
  'measure the window up to now by the new rules at once',
  'judge windows that close from now on by them',
  'leave what is recorded as it is',
  'be recorded with your name and the reason',
] as const;

const NO_PROBLEMS: ReadonlyMap<string, string> = new Map();

/** By what a version is watched from now on. Only what somebody touches is sent. */
export function PlanDialog({ version, ...opener }: Opener & { version: VersionFiguresFragment }) {
  const plan = readFragment(PlanFigures, version.plan);
  const command = useDialogCommand(ChangePlan, opener, ['Model', 'Evaluation']);
  const [draft, setDraft] = useState<Draft>({ numbers: {} });
  const [sent, setSent] = useState<Pick<Draft, 'slices' | 'contrasts' | 'worth'>>();
  if (!plan) return null;
  const { columns, groups, classes: decisions } = version.signature;
  const contrasts = draft.contrasts ?? contrastDraftsOf(groups.map((each) => each.name), plan.contrasts);
  const wanted: ReturnType<typeof changes> = changes(draft, plan);
  if (draft.slices && !areTheSame(draft.slices, plan.slices)) wanted.slices = slicesOf(draft.slices, columns);
  if (draft.contrasts && !areTheSameContrasts(draft.contrasts, plan.contrasts)) wanted.contrasts = contrastsOf(draft.contrasts);
  if (draft.worth && !isTheSameWorth(decisions, draft.worth, plan.businessValue)) wanted.businessValue = worthOf(decisions, draft.worth);
  return (
    <ReasonDialog
      title={`How ${version.tag} is watched`}
      happens={HAPPENS}
      reasonLabel="Why?"
      action="Change it"
      command={command}
      isWide
      isReady={isWhole(draft) && Object.keys(wanted).length > 0}
      onClose={opener.onClose}
      onReason={(reason) => {
        setSent(draft);
        return command.send({ input: { versionId: version.id, ...wanted, reason } });
      }}
    >
      {FIELD_GROUPS.map((group) => (
        <fieldset key={group.title} className={classes.fields}>
          <legend>{group.title}</legend>
          {group.fields.map((field) => (
            <NumberInput
              key={field.name}
              label={field.label}
              description={field.description}
              min={field.min}
              max={field.max}
              step={field.step}
              clampBehavior="none"
              value={draft.numbers[field.name] ?? shown(field, plan)}
              onChange={(value) => setDraft((before) => ({ ...before, numbers: { ...before.numbers, [field.name]: value } }))}
            />
          ))}
        </fieldset>
      ))}
      <Measured version={version} plan={plan} draft={draft} onDraft={setDraft} />
      <SliceFields
        slices={draft.slices ?? draftsOf(plan.slices)}
        columns={columns}
        problems={draft.slices === sent?.slices ? command.problems : NO_PROBLEMS}
        onChange={(slices) => setDraft((before) => ({ ...before, slices }))}
      />
      <ContrastFields
        contrasts={contrasts}
        columnOf={(attribute) => groups.find((each) => each.name === attribute)?.column ?? attribute}
        problems={draft.contrasts === sent?.contrasts ? command.problems : NO_PROBLEMS}
        onChange={(changed) => setDraft((before) => ({ ...before, contrasts: changed }))}
      />
      <WorthFields
        names={decisions}
        draft={draft.worth ?? worthDraftOf(decisions, plan.businessValue)}
        problems={draft.worth === sent?.worth ? command.problems : NO_PROBLEMS}
        onChange={(worth) => setDraft((before) => ({ ...before, worth }))}
      />
      <When plan={plan} draft={draft} onDraft={setDraft} />
    </ReasonDialog>
  );
}

interface Drafting {
  plan: PlanFiguresFragment;
  draft: Draft;
  onDraft: (change: (before: Draft) => Draft) => void;
}

function Measured({ version, plan, draft, onDraft }: Drafting & { version: VersionFiguresFragment }) {
  const { further } = usePlannedMeasures();
  return (
    <fieldset className={classes.wide}>
      <legend>What is measured</legend>
      <MultiSelect
        label="Columns"
        description="Whose drift and quality are measured; with none chosen, all are."
        data={version.signature.columns.map((column) => column.name)}
        value={draft.features ?? plan.features ?? []}
        onChange={(features) => onDraft((before) => ({ ...before, features }))}
        placeholder={(draft.features ?? plan.features ?? []).length === 0 ? 'All' : undefined}
        searchable
        clearable
      />
      <Checkbox.Group
        label="Drift of what it answers"
        description="Measured as that of a column is."
        value={draft.outputs ?? plan.outputs}
        onChange={(outputs) => onDraft((before) => ({ ...before, outputs }))}
      >
        <div className={classes.choices}>
          {OUTPUTS.map((each) => <Checkbox key={each.value} value={each.value} label={each.label} />)}
        </div>
      </Checkbox.Group>
      {further.length > 0 && (
        <MultiSelect
          label="Further measures"
          description="Besides those that every plan measures."
          data={further.map((each) => ({ value: each.name, label: each.title }))}
          value={draft.measures ?? plan.measures}
          onChange={(measures) => onDraft((before) => ({ ...before, measures }))}
          searchable
          clearable
        />
      )}
      <Select
        label="Which columns moved by more than chance"
        description="How p-values are corrected for the number of columns that are tested."
        data={[...CORRECTIONS]}
        value={draft.correction ?? plan.pValueCorrection ?? 'NONE'}
        allowDeselect={false}
        onChange={(correction) => onDraft((before) => ({ ...before, correction: correction ?? 'NONE' }))}
      />
    </fieldset>
  );
}

function When({ plan, draft, onDraft }: Drafting) {
  return (
    <fieldset className={classes.wide}>
      <legend>When it is evaluated, besides windows that close</legend>
      <Checkbox.Group
        aria-label="What calls for an evaluation"
        value={draft.triggers ?? plan.triggers}
        onChange={(triggers) => onDraft((before) => ({ ...before, triggers }))}
      >
        <div className={classes.choices}>
          {TRIGGERS.map((each) => <Checkbox key={each.value} value={each.value} label={each.label} />)}
        </div>
      </Checkbox.Group>
      <TextInput
        label="Schedule"
        description="A cron expression by the project's clocks: minute, hour, day, month, weekday. 0 6 * * 1 is Mondays at six."
        placeholder="None"
        maxLength={100}
        value={draft.schedule ?? plan.schedule ?? ''}
        onChange={(event) => {
          const schedule = event.currentTarget.value;
          onDraft((before) => ({ ...before, schedule }));
        }}
      />
    </fieldset>
  );
}
