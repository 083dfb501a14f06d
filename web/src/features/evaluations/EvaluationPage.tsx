import { useParams } from 'react-router';
import { ColumnsOf } from '../../components/ColumnsOf';
import { Digest } from '../../components/Digest';
import { Fact, Facts } from '../../components/Fact';
import { MeaningMark } from '../../components/Meaning';
import { EVALUATION_STATES, STANDINGS } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Failing, LoadingBlock } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useTitle } from '../../components/useTitle';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql, readFragment } from '../../gql';
import { count, share, words } from '../../lib/format';
import { actorName, verdictSentence } from '../../lib/sentences';
import { windowText } from '../../lib/time';
import { CancelButton } from './CancelButton';
import { ComparedPanel } from './ComparedPanel';
import { ConfusionPanel } from './ConfusionPanel';
import { CurvePanel } from './CurvePanel';
import { DriftOfAllPanel } from './DriftOfAllPanel';
import { DriftView } from './DriftView';
import { FairnessView } from './FairnessView';
import { IntersectionPanel } from './IntersectionPanel';
import { NumbersFairness } from './NumbersFairness';
import { NumbersFigures, NumbersPanel } from './NumbersPanel';
import { PerformanceView } from './PerformanceView';
import { ProgressLine } from './ProgressLine';
import { ProofPanel } from './ProofPanel';
import { QualityView } from './QualityView';
import { ResultTable } from './ResultTable';
import { RetryButton } from './RetryButton';
import { SameWindow } from './SameWindow';
import { SlicesPanel } from './SlicesPanel';
import { WeakestPanel } from './WeakestPanel';
import { WorthPanel } from './WorthPanel';
import { DriftFigures, FairnessFigures, QualityFigures, ResultFigures } from './fragments';
import classes from './EvaluationPage.module.css';

const EvaluationScreen = graphql(`
  query EvaluationScreen($id: ID!, $asOf: AsOf) {
    evaluation(id: $id, asOf: $asOf) {
      id
      state
      cause
      requestedAt
      completedAt
      requestedBy {
        kind
        id
        name
      }
      windowStart
      windowEnd
      rows
      labels
      labelCoverage
      rowsDigest
      resultsDigest
      specificationDigest
      throughSequence
      processor
      failure
      position
      progress {
        ...ProgressFigures
      }
      ofSameWindow {
        id
        cause
        completedAt
        rows
        labels
        labelCoverage
        failed
        score {
          value
        }
      }
      ...ProofFigures
      score {
        value
        standing
        sentence
      }
      version {
        id
        tag
        model {
          id
          name
          project {
            id
            permissions
          }
        }
      }
      results {
        ...ResultFigures
      }
      driftOfAll {
        ...DriftOfAllFigures
      }
      drift {
        ...DriftFigures
      }
      fairness {
        ...FairnessFigures
      }
      intersections {
        ...IntersectionFigures
      }
      fairnessResults {
        ...ResultFigures
      }
      performance {
        ...ResultFigures
      }
      businessValue {
        ...WorthFigures
      }
      predictedNumbers {
        ...NumbersFigures
      }
      confusions {
        ...ConfusionFigures
      }
      curves {
        ...CurveFigures
      }
      weakestSegments {
        ...WeakestFigures
      }
      slices {
        ...SliceFigures
      }
      quality {
        ...QualityFigures
      }
    }
  }
`);

const RUNNING_MILLISECONDS = 1_000;

/** One evaluation: its verdict in a sentence, its numbers with their definitions, and the evidence that they rest on. */
export function EvaluationPage() {
  const { id = '' } = useParams();
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: EvaluationScreen, variables: { id, asOf } });
  const evaluation = result.data?.evaluation;
  useTitle(evaluation ? `Evaluation of ${evaluation.version.model.name}` : 'Evaluation');
  const isRunning = evaluation?.state === 'REQUESTED';
  useRefresh(readAgain, isRunning ? RUNNING_MILLISECONDS : null);

  if (result.data === undefined) {
    if (result.error) return <Failing what="The evaluation" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />;
    return <LoadingBlock height={480} />;
  }
  if (!evaluation) return <Empty title={asOf === null ? 'There is no such evaluation' : 'This evaluation was not known then'} />;

  const results = readFragment(ResultFigures, evaluation.results);
  const { model } = evaluation.version;
  const mayAudit = model.project.permissions.includes('READ_AUDIT');
  const mayAsk = asOf === null && model.project.permissions.includes('REQUEST_EVALUATION');
  const state = EVALUATION_STATES[evaluation.state];
  const origin = { evaluationId: null, window: `Window ${windowText(evaluation.windowStart, evaluation.windowEnd)}` };
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <p className="dim small">
          <PlaceLink to={paths.models}>Models</PlaceLink> / <PlaceLink to={paths.model(model.id)}>{model.name}</PlaceLink> / evaluation
        </p>
        <h1>{sentenceOf(evaluation.state, results, evaluation.failure)}</h1>
        <p className="dim">
          {evaluation.version.tag}, predictions made {windowText(evaluation.windowStart, evaluation.windowEnd)}
          {evaluation.score && <>. {evaluation.score.sentence}</>}
        </p>
        {isRunning && mayAsk && <CancelButton evaluationId={evaluation.id} onDone={() => readAgain({ requestPolicy: 'network-only' })} />}
        {(evaluation.state === 'FAILED' || evaluation.state === 'CANCELLED') && mayAsk && (
          <RetryButton evaluationId={evaluation.id} onDone={() => readAgain({ requestPolicy: 'network-only' })} />
        )}
      </header>
      <div className={classes.two}>
        <Panel title="What it was" actions={<MeaningMark meaning={state.meaning}>{state.word}</MeaningMark>}>
          <Facts>
            <Fact name="Why">{words(evaluation.cause)}</Fact>
            <Fact name="Requested"><Time at={evaluation.requestedAt} isExact /> by {actorName(evaluation.requestedBy)}</Fact>
            <Fact name="Completed"><Time at={evaluation.completedAt} isExact /></Fact>
            <Fact name="Rows">{count(evaluation.rows)}</Fact>
            <Fact name="Labels">{labelsText(evaluation.labels, evaluation.labelCoverage)}</Fact>
            {evaluation.score && <Fact name="Trust score">{share(evaluation.score.value, 3)}, {STANDINGS[evaluation.score.standing].word.toLowerCase()}</Fact>}
          </Facts>
        </Panel>
        <Panel title="What it rests on" note="The same specification over the same rows gives the same bits.">
          <Facts>
            <Fact name="Rows digest"><Digest value={evaluation.rowsDigest} /></Fact>
            <Fact name="Specification digest"><Digest value={evaluation.specificationDigest} /></Fact>
            <Fact name="Results digest"><Digest value={evaluation.resultsDigest} /></Fact>
            <Fact name="Intake read up to">segment {count(Number(evaluation.throughSequence))}</Fact>
            <Fact name="Processor"><span className={classes.processor} title={evaluation.processor ?? undefined}>{evaluation.processor ?? '–'}</span></Fact>
            <Fact name="Position">
              {mayAudit ? <PlaceLink to={paths.auditEntry(evaluation.position)}>{count(Number(evaluation.position))}</PlaceLink> : count(Number(evaluation.position))}
            </Fact>
          </Facts>
        </Panel>
      </div>
      {evaluation.state === 'COMPLETED' && (
        <ProofPanel
          evaluation={evaluation}
          evaluationId={evaluation.id}
          mayAsk={asOf === null && model.project.permissions.includes('RECOMPUTE')}
          onChange={() => readAgain({ requestPolicy: 'network-only' })}
        />
      )}
      <SameWindow evaluations={evaluation.ofSameWindow} shown={evaluation.id} />
      {isRunning && <ProgressLine progress={evaluation.progress} />}
      {evaluation.state === 'COMPLETED' && (
        <ColumnsOf modelId={model.id}>
          <ResultTable results={results} origin={origin} />
          <ComparedPanel evaluationId={evaluation.id} modelId={model.id} />
          <PerformanceView performance={readFragment(ResultFigures, evaluation.performance)} origin={origin} />
          <WorthPanel given={evaluation.businessValue} origin={origin} />
          {evaluation.predictedNumbers ? (
            <NumbersPanel numbers={evaluation.predictedNumbers} window={origin.window} />
          ) : (
            <>
              <ConfusionPanel confusions={evaluation.confusions} window={origin.window} />
              <CurvePanel curves={evaluation.curves} window={origin.window} />
            </>
          )}
          <SlicesPanel slices={evaluation.slices} origin={origin} />
          {evaluation.weakestSegments && <WeakestPanel weakest={evaluation.weakestSegments} window={origin.window} />}
          {evaluation.predictedNumbers ? (
            <NumbersFairness numbers={readFragment(NumbersFigures, evaluation.predictedNumbers)} results={readFragment(ResultFigures, evaluation.fairnessResults)} origin={origin} />
          ) : (
            <FairnessView fairness={readFragment(FairnessFigures, evaluation.fairness)} results={readFragment(ResultFigures, evaluation.fairnessResults)} origin={origin} />
          )}
          {evaluation.intersections && <IntersectionPanel intersections={evaluation.intersections} window={origin.window} />}
          <DriftOfAllPanel given={evaluation.driftOfAll} origin={origin} />
          <DriftView drift={readFragment(DriftFigures, evaluation.drift)} origin={origin} />
          {evaluation.quality && <QualityView quality={readFragment(QualityFigures, evaluation.quality)} origin={origin} />}
        </ColumnsOf>
      )}
    </div>
  );
}

function labelsText(labels: number | null, coverage: number | null): string {
  return coverage === null ? count(labels) : `${count(labels)}, a share of ${share(coverage)} of the rows`;
}

function sentenceOf(state: string, results: Parameters<typeof verdictSentence>[0], failure: string | null): string {
  if (state === 'CANCELLED') return 'The evaluation was cancelled.';
  if (state === 'FAILED') return failure ?? 'The evaluation failed.';
  return state === 'REQUESTED' ? 'The evaluation is running.' : verdictSentence(results);
}
