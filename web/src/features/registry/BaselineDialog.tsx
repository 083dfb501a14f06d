import { Checkbox, FileInput, Group, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Choice } from '../../components/Choice';
import { FormDialog } from '../../components/FormDialog';
import { Happens } from '../../components/Happens';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { graphql } from '../../gql';
import type { VersionFiguresFragment } from '../../gql/graphql';
import { ACCEPTED, formOf } from '../../lib/forms';
import { timeOf } from '../../lib/time';
import { baselineConsequences, type Way } from './heldAgainst';
import { leftOut, uploadBaseline } from './uploadBaseline';

const SetBaseline = graphql(`
  mutation SetBaseline($input: SetBaselineInput!) {
    setBaseline(input: $input) {
      __typename
      ... on SetBaselinePayload {
        position
        lagging
        version {
          id
        }
      }
      ...Refusal
    }
  }
`);

const FollowBaseline = graphql(`
  mutation FollowBaseline($input: FollowBaselineInput!) {
    followBaseline(input: $input) {
      __typename
      ... on FollowBaselinePayload {
        position
        lagging
        version {
          id
        }
      }
      ...Refusal
    }
  }
`);

const RefitGrid = graphql(`
  mutation RefitGrid($input: RefitGridInput!) {
    refitGrid(input: $input) {
      __typename
      ... on RefitGridPayload {
        position
        lagging
        version {
          id
        }
      }
      ...Refusal
    }
  }
`);

const WAYS = [['window', 'A window'], ['trailing', 'Days before'], ['seasonal', 'Same weekdays'], ['upload', 'A file']] as const;
const DAYS = { trailing: 30, seasonal: 28 } as const;

/** What a version is held against from now on: chosen rows, rows of before each window, or a file of its own. */
export function BaselineDialog({ version, ...opener }: Opener & { version: Pick<VersionFiguresFragment, 'id' | 'tag' | 'baseline'> }) {
  const { baseline } = version;
  const moving = baseline?.moving ?? null;
  const [way, setWay] = useState<Way>(moving === null ? 'window' : moving.kind === 'TRAILING' ? 'trailing' : 'seasonal');
  const [isRefitted, setRefitted] = useState(false);
  const [days, setDays] = useState<number | null>(moving?.days ?? null);
  const [file, setFile] = useState<File | null>(null);
  const [uploading, setUploading] = useState<{ isBusy: boolean; failure: string | null }>({ isBusy: false, failure: null });
  const setting = useDialogCommand(SetBaseline, opener);
  const following = useDialogCommand(FollowBaseline, opener);
  const refitting = useDialogCommand(RefitGrid, opener);

  const form = file === null ? undefined : formOf(file.name);
  const isMoving = way === 'trailing' || way === 'seasonal';
  const refits = way === 'window' && baseline !== null && isRefitted;
  const command = isMoving ? following : way === 'upload' ? uploading : refits ? refitting : setting;
  const upload = async () => {
    if (file === null || form === undefined) return;
    setUploading({ isBusy: true, failure: null });
    const answer = await uploadBaseline(version.id, file, form);
    const failure = typeof answer === 'string' ? answer : leftOut(answer);
    setUploading({ isBusy: false, failure });
    if (typeof answer === 'string') return;
    opener.onDone();
    if (failure === null) opener.onClose();
  };
  const submit = (fields: FormData) => {
    if (way === 'upload') return upload();
    if (isMoving) return following.send({ input: { versionId: version.id, kind: way === 'trailing' ? 'TRAILING' : 'SEASONAL', days: days ?? DAYS[way] } });
    const [predictedFrom, predictedTo] = [timeOf(fields.get('from') as string), timeOf(fields.get('to') as string)];
    return predictedFrom && predictedTo && (refits ? refitting : setting).send({ input: { versionId: version.id, predictedFrom, predictedTo } });
  };
  return (
    <FormDialog
      title={`What ${version.tag} is held against`}
      onClose={opener.onClose}
      command={command}
      onSubmit={submit}
      action={baseline ? 'Change it' : 'Set it'}
      isReady={way !== 'upload' || form !== undefined}
    >
      <Choice name="What it is made of" value={way} options={baseline ? WAYS : WAYS.filter(([each]) => each === 'window' || each === 'upload')} onChoose={(next) => setWay(next as Way)} />
      {way === 'window' && (
        <Group grow gap={8}>
          <TextInput label="Predictions from" name="from" type="datetime-local" step={1} required />
          <TextInput label="before" name="to" type="datetime-local" step={1} required />
        </Group>
      )}
      {way === 'window' && baseline !== null && (
        <Checkbox
          size="xs"
          label="Fit the grid anew"
          description="The cells in which values are counted; those of now were fitted to an earlier baseline"
          checked={isRefitted}
          onChange={(event) => setRefitted(event.currentTarget.checked)}
        />
      )}
      {isMoving && (
        <NumberInput
          label="Days before each window"
          description={way === 'seasonal' ? 'Of these the weekdays that the window touches; at least 7' : 'From 1 to 400'}
          min={way === 'seasonal' ? 7 : 1}
          max={400}
          allowDecimal={false}
          required
          value={days ?? DAYS[way]}
          onChange={(value) => setDays(typeof value === 'number' ? value : null)}
        />
      )}
      {way === 'upload' && (
        <FileInput
          label="File"
          description="With a decision, every column and, where it is known, the label of each row; CSV, NDJSON, JSON, Parquet or an Arrow stream"
          placeholder="Choose a file"
          accept={ACCEPTED}
          value={file}
          onChange={setFile}
          error={file !== null && form === undefined ? 'The name tells of no form that is taken.' : null}
          clearable
        />
      )}
      <Happens says="This will" all={baselineConsequences({ way: refits ? 'refit' : way, hasGrid: baseline !== null, isMoving: moving !== null })} />
    </FormDialog>
  );
}
