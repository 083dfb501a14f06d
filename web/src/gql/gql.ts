/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query FindModels($search: String, $asOf: AsOf) {\n    models(first: 8, filter: { search: $search }, asOf: $asOf) {\n      nodes {\n        id\n        name\n        description\n      }\n    }\n  }\n": typeof types.FindModelsDocument,
    "\n  query ModelScreen($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      name\n      ...ModelHeadFigures\n      trust {\n        ...TrustFigures\n      }\n      intake {\n        ...IntakeFigures\n      }\n      openAlertCount\n    }\n  }\n": typeof types.ModelScreenDocument,
    "\n  query OpenAlertCount($asOf: AsOf) {\n    alerts(first: 1, filter: { states: [OPEN] }, asOf: $asOf) {\n      totalCount\n    }\n  }\n": typeof types.OpenAlertCountDocument,
    "\n  subscription AlertTold($after: Cursor) {\n    alerts(after: $after) {\n      cursor\n      alert {\n        id\n        state\n      }\n    }\n  }\n": typeof types.AlertToldDocument,
    "\n  query Overview($first: Int!, $asOf: AsOf) {\n    models(first: $first, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        ...ModelRow\n        ...TrustCellModel\n      }\n    }\n  }\n": typeof types.OverviewDocument,
    "\n  query RecordedTime($asOf: AsOf) {\n    now: recordedTime {\n      position\n      recordedAt\n      firstPosition\n      firstRecordedAt\n    }\n    then: recordedTime(asOf: $asOf) {\n      position\n      recordedAt\n    }\n  }\n": typeof types.RecordedTimeDocument,
    "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInPayload {\n        accessToken\n        expiresAt\n        viewer {\n          name\n          email\n        }\n      }\n      ... on Failure {\n        code\n        message\n      }\n    }\n  }\n": typeof types.SignInDocument,
    "\n  mutation SignOut {\n    signOut {\n      __typename\n    }\n  }\n": typeof types.SignOutDocument,
    "\n  query OpenAlertsNewestFirst($asOf: AsOf) {\n    alerts(first: 8, filter: { states: [OPEN, ACKNOWLEDGED] }, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        state\n        sentence\n        raisedAt\n        model {\n          id\n          name\n        }\n      }\n    }\n  }\n": typeof types.OpenAlertsNewestFirstDocument,
    "\n  query RecentEntries($asOf: AsOf) {\n    auditLog(first: 8, asOf: $asOf) {\n      nodes {\n        position\n        ...EntryFigures\n      }\n    }\n  }\n": typeof types.RecentEntriesDocument,
    "\n  fragment EntryFigures on AuditEntry {\n    position\n    recordedAt\n    at\n    actor {\n      kind\n      id\n      name\n    }\n    action\n    subjectKind\n    subjectId\n    subjectName\n    changes {\n      field\n      old\n      new\n    }\n    commandId\n    causedBy\n  }\n": typeof types.EntryFiguresFragmentDoc,
    "\n  fragment IntakeFigures on Intake {\n    predictions\n    labels\n    rejected\n    highWater\n    lastReceivedAt\n  }\n": typeof types.IntakeFiguresFragmentDoc,
    "\n  subscription LiveIngestion($modelId: ID!, $after: Cursor) {\n    ingestion(modelId: $modelId, after: $after) {\n      cursor\n      predictions\n      labels\n      rejected\n      rowsPerSecond\n      labelsPerSecond\n      highWater\n      lastReceivedAt\n    }\n  }\n": typeof types.LiveIngestionDocument,
    "\n  fragment ModelHeadFigures on Model {\n    id\n    name\n    description\n    project {\n      name\n      organization {\n        name\n      }\n    }\n    registeredAt\n    production {\n      version {\n        tag\n      }\n      since\n      reason\n      promotedBy {\n        kind\n        id\n        name\n      }\n    }\n  }\n": typeof types.ModelHeadFiguresFragmentDoc,
    "\n  fragment ModelRow on Model {\n    id\n    name\n    description\n    registeredAt\n    project {\n      id\n      name\n    }\n    production {\n      version {\n        id\n        tag\n      }\n      since\n    }\n    trust {\n      value\n      standing\n    }\n    openAlertCount\n    intake {\n      predictions\n      highWater\n      lastReceivedAt\n    }\n  }\n": typeof types.ModelRowFragmentDoc,
    "\n  fragment TrustCellModel on Model {\n    id\n    trust {\n      ...TrustFigures\n    }\n    trustHistory(maxPoints: 60) {\n      values\n      lows\n      highs\n    }\n  }\n": typeof types.TrustCellModelFragmentDoc,
    "\n  query TrustHistory($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      trustHistory(maxPoints: 600) {\n        positions\n        recordedAt\n        windowEnd\n        values\n        lows\n        highs\n        coverages\n      }\n      trustPolicy {\n        version\n        threshold\n        aggregation\n        minimumCoverage\n        weights {\n          kind\n          weight\n        }\n        changedAt\n        changedBy {\n          kind\n          id\n          name\n        }\n      }\n      marks {\n        position\n        at\n        kind\n        text\n      }\n    }\n  }\n": typeof types.TrustHistoryDocument,
    "\n  fragment TrustFigures on TrustScore {\n    value\n    reason\n    interval {\n      low\n      high\n    }\n    coverage\n    threshold\n    standing\n    trend {\n      direction\n      share\n    }\n    components {\n      kind\n      value\n      weight\n      contribution\n      reason\n      rows\n    }\n    formula\n    policyVersion\n    recordedAt\n    position\n    evaluationId\n    version {\n      id\n      tag\n    }\n    sentence\n  }\n": typeof types.TrustFiguresFragmentDoc,
    "\n  subscription LiveTrust($modelId: ID!, $after: Cursor) {\n    trustScore(modelId: $modelId, after: $after) {\n      cursor\n      sequence\n      readAt\n      rows\n      labels\n      labelCoverage\n      windowStart\n      windowEnd\n      score {\n        ...TrustFigures\n      }\n    }\n  }\n": typeof types.LiveTrustDocument,
};
const documents: Documents = {
    "\n  query FindModels($search: String, $asOf: AsOf) {\n    models(first: 8, filter: { search: $search }, asOf: $asOf) {\n      nodes {\n        id\n        name\n        description\n      }\n    }\n  }\n": types.FindModelsDocument,
    "\n  query ModelScreen($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      name\n      ...ModelHeadFigures\n      trust {\n        ...TrustFigures\n      }\n      intake {\n        ...IntakeFigures\n      }\n      openAlertCount\n    }\n  }\n": types.ModelScreenDocument,
    "\n  query OpenAlertCount($asOf: AsOf) {\n    alerts(first: 1, filter: { states: [OPEN] }, asOf: $asOf) {\n      totalCount\n    }\n  }\n": types.OpenAlertCountDocument,
    "\n  subscription AlertTold($after: Cursor) {\n    alerts(after: $after) {\n      cursor\n      alert {\n        id\n        state\n      }\n    }\n  }\n": types.AlertToldDocument,
    "\n  query Overview($first: Int!, $asOf: AsOf) {\n    models(first: $first, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        ...ModelRow\n        ...TrustCellModel\n      }\n    }\n  }\n": types.OverviewDocument,
    "\n  query RecordedTime($asOf: AsOf) {\n    now: recordedTime {\n      position\n      recordedAt\n      firstPosition\n      firstRecordedAt\n    }\n    then: recordedTime(asOf: $asOf) {\n      position\n      recordedAt\n    }\n  }\n": types.RecordedTimeDocument,
    "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInPayload {\n        accessToken\n        expiresAt\n        viewer {\n          name\n          email\n        }\n      }\n      ... on Failure {\n        code\n        message\n      }\n    }\n  }\n": types.SignInDocument,
    "\n  mutation SignOut {\n    signOut {\n      __typename\n    }\n  }\n": types.SignOutDocument,
    "\n  query OpenAlertsNewestFirst($asOf: AsOf) {\n    alerts(first: 8, filter: { states: [OPEN, ACKNOWLEDGED] }, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        state\n        sentence\n        raisedAt\n        model {\n          id\n          name\n        }\n      }\n    }\n  }\n": types.OpenAlertsNewestFirstDocument,
    "\n  query RecentEntries($asOf: AsOf) {\n    auditLog(first: 8, asOf: $asOf) {\n      nodes {\n        position\n        ...EntryFigures\n      }\n    }\n  }\n": types.RecentEntriesDocument,
    "\n  fragment EntryFigures on AuditEntry {\n    position\n    recordedAt\n    at\n    actor {\n      kind\n      id\n      name\n    }\n    action\n    subjectKind\n    subjectId\n    subjectName\n    changes {\n      field\n      old\n      new\n    }\n    commandId\n    causedBy\n  }\n": types.EntryFiguresFragmentDoc,
    "\n  fragment IntakeFigures on Intake {\n    predictions\n    labels\n    rejected\n    highWater\n    lastReceivedAt\n  }\n": types.IntakeFiguresFragmentDoc,
    "\n  subscription LiveIngestion($modelId: ID!, $after: Cursor) {\n    ingestion(modelId: $modelId, after: $after) {\n      cursor\n      predictions\n      labels\n      rejected\n      rowsPerSecond\n      labelsPerSecond\n      highWater\n      lastReceivedAt\n    }\n  }\n": types.LiveIngestionDocument,
    "\n  fragment ModelHeadFigures on Model {\n    id\n    name\n    description\n    project {\n      name\n      organization {\n        name\n      }\n    }\n    registeredAt\n    production {\n      version {\n        tag\n      }\n      since\n      reason\n      promotedBy {\n        kind\n        id\n        name\n      }\n    }\n  }\n": types.ModelHeadFiguresFragmentDoc,
    "\n  fragment ModelRow on Model {\n    id\n    name\n    description\n    registeredAt\n    project {\n      id\n      name\n    }\n    production {\n      version {\n        id\n        tag\n      }\n      since\n    }\n    trust {\n      value\n      standing\n    }\n    openAlertCount\n    intake {\n      predictions\n      highWater\n      lastReceivedAt\n    }\n  }\n": types.ModelRowFragmentDoc,
    "\n  fragment TrustCellModel on Model {\n    id\n    trust {\n      ...TrustFigures\n    }\n    trustHistory(maxPoints: 60) {\n      values\n      lows\n      highs\n    }\n  }\n": types.TrustCellModelFragmentDoc,
    "\n  query TrustHistory($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      trustHistory(maxPoints: 600) {\n        positions\n        recordedAt\n        windowEnd\n        values\n        lows\n        highs\n        coverages\n      }\n      trustPolicy {\n        version\n        threshold\n        aggregation\n        minimumCoverage\n        weights {\n          kind\n          weight\n        }\n        changedAt\n        changedBy {\n          kind\n          id\n          name\n        }\n      }\n      marks {\n        position\n        at\n        kind\n        text\n      }\n    }\n  }\n": types.TrustHistoryDocument,
    "\n  fragment TrustFigures on TrustScore {\n    value\n    reason\n    interval {\n      low\n      high\n    }\n    coverage\n    threshold\n    standing\n    trend {\n      direction\n      share\n    }\n    components {\n      kind\n      value\n      weight\n      contribution\n      reason\n      rows\n    }\n    formula\n    policyVersion\n    recordedAt\n    position\n    evaluationId\n    version {\n      id\n      tag\n    }\n    sentence\n  }\n": types.TrustFiguresFragmentDoc,
    "\n  subscription LiveTrust($modelId: ID!, $after: Cursor) {\n    trustScore(modelId: $modelId, after: $after) {\n      cursor\n      sequence\n      readAt\n      rows\n      labels\n      labelCoverage\n      windowStart\n      windowEnd\n      score {\n        ...TrustFigures\n      }\n    }\n  }\n": types.LiveTrustDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FindModels($search: String, $asOf: AsOf) {\n    models(first: 8, filter: { search: $search }, asOf: $asOf) {\n      nodes {\n        id\n        name\n        description\n      }\n    }\n  }\n"): (typeof documents)["\n  query FindModels($search: String, $asOf: AsOf) {\n    models(first: 8, filter: { search: $search }, asOf: $asOf) {\n      nodes {\n        id\n        name\n        description\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ModelScreen($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      name\n      ...ModelHeadFigures\n      trust {\n        ...TrustFigures\n      }\n      intake {\n        ...IntakeFigures\n      }\n      openAlertCount\n    }\n  }\n"): (typeof documents)["\n  query ModelScreen($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      name\n      ...ModelHeadFigures\n      trust {\n        ...TrustFigures\n      }\n      intake {\n        ...IntakeFigures\n      }\n      openAlertCount\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OpenAlertCount($asOf: AsOf) {\n    alerts(first: 1, filter: { states: [OPEN] }, asOf: $asOf) {\n      totalCount\n    }\n  }\n"): (typeof documents)["\n  query OpenAlertCount($asOf: AsOf) {\n    alerts(first: 1, filter: { states: [OPEN] }, asOf: $asOf) {\n      totalCount\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription AlertTold($after: Cursor) {\n    alerts(after: $after) {\n      cursor\n      alert {\n        id\n        state\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription AlertTold($after: Cursor) {\n    alerts(after: $after) {\n      cursor\n      alert {\n        id\n        state\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Overview($first: Int!, $asOf: AsOf) {\n    models(first: $first, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        ...ModelRow\n        ...TrustCellModel\n      }\n    }\n  }\n"): (typeof documents)["\n  query Overview($first: Int!, $asOf: AsOf) {\n    models(first: $first, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        ...ModelRow\n        ...TrustCellModel\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RecordedTime($asOf: AsOf) {\n    now: recordedTime {\n      position\n      recordedAt\n      firstPosition\n      firstRecordedAt\n    }\n    then: recordedTime(asOf: $asOf) {\n      position\n      recordedAt\n    }\n  }\n"): (typeof documents)["\n  query RecordedTime($asOf: AsOf) {\n    now: recordedTime {\n      position\n      recordedAt\n      firstPosition\n      firstRecordedAt\n    }\n    then: recordedTime(asOf: $asOf) {\n      position\n      recordedAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInPayload {\n        accessToken\n        expiresAt\n        viewer {\n          name\n          email\n        }\n      }\n      ... on Failure {\n        code\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInPayload {\n        accessToken\n        expiresAt\n        viewer {\n          name\n          email\n        }\n      }\n      ... on Failure {\n        code\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignOut {\n    signOut {\n      __typename\n    }\n  }\n"): (typeof documents)["\n  mutation SignOut {\n    signOut {\n      __typename\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OpenAlertsNewestFirst($asOf: AsOf) {\n    alerts(first: 8, filter: { states: [OPEN, ACKNOWLEDGED] }, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        state\n        sentence\n        raisedAt\n        model {\n          id\n          name\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query OpenAlertsNewestFirst($asOf: AsOf) {\n    alerts(first: 8, filter: { states: [OPEN, ACKNOWLEDGED] }, asOf: $asOf) {\n      totalCount\n      nodes {\n        id\n        state\n        sentence\n        raisedAt\n        model {\n          id\n          name\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query RecentEntries($asOf: AsOf) {\n    auditLog(first: 8, asOf: $asOf) {\n      nodes {\n        position\n        ...EntryFigures\n      }\n    }\n  }\n"): (typeof documents)["\n  query RecentEntries($asOf: AsOf) {\n    auditLog(first: 8, asOf: $asOf) {\n      nodes {\n        position\n        ...EntryFigures\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment EntryFigures on AuditEntry {\n    position\n    recordedAt\n    at\n    actor {\n      kind\n      id\n      name\n    }\n    action\n    subjectKind\n    subjectId\n    subjectName\n    changes {\n      field\n      old\n      new\n    }\n    commandId\n    causedBy\n  }\n"): (typeof documents)["\n  fragment EntryFigures on AuditEntry {\n    position\n    recordedAt\n    at\n    actor {\n      kind\n      id\n      name\n    }\n    action\n    subjectKind\n    subjectId\n    subjectName\n    changes {\n      field\n      old\n      new\n    }\n    commandId\n    causedBy\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment IntakeFigures on Intake {\n    predictions\n    labels\n    rejected\n    highWater\n    lastReceivedAt\n  }\n"): (typeof documents)["\n  fragment IntakeFigures on Intake {\n    predictions\n    labels\n    rejected\n    highWater\n    lastReceivedAt\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription LiveIngestion($modelId: ID!, $after: Cursor) {\n    ingestion(modelId: $modelId, after: $after) {\n      cursor\n      predictions\n      labels\n      rejected\n      rowsPerSecond\n      labelsPerSecond\n      highWater\n      lastReceivedAt\n    }\n  }\n"): (typeof documents)["\n  subscription LiveIngestion($modelId: ID!, $after: Cursor) {\n    ingestion(modelId: $modelId, after: $after) {\n      cursor\n      predictions\n      labels\n      rejected\n      rowsPerSecond\n      labelsPerSecond\n      highWater\n      lastReceivedAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ModelHeadFigures on Model {\n    id\n    name\n    description\n    project {\n      name\n      organization {\n        name\n      }\n    }\n    registeredAt\n    production {\n      version {\n        tag\n      }\n      since\n      reason\n      promotedBy {\n        kind\n        id\n        name\n      }\n    }\n  }\n"): (typeof documents)["\n  fragment ModelHeadFigures on Model {\n    id\n    name\n    description\n    project {\n      name\n      organization {\n        name\n      }\n    }\n    registeredAt\n    production {\n      version {\n        tag\n      }\n      since\n      reason\n      promotedBy {\n        kind\n        id\n        name\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ModelRow on Model {\n    id\n    name\n    description\n    registeredAt\n    project {\n      id\n      name\n    }\n    production {\n      version {\n        id\n        tag\n      }\n      since\n    }\n    trust {\n      value\n      standing\n    }\n    openAlertCount\n    intake {\n      predictions\n      highWater\n      lastReceivedAt\n    }\n  }\n"): (typeof documents)["\n  fragment ModelRow on Model {\n    id\n    name\n    description\n    registeredAt\n    project {\n      id\n      name\n    }\n    production {\n      version {\n        id\n        tag\n      }\n      since\n    }\n    trust {\n      value\n      standing\n    }\n    openAlertCount\n    intake {\n      predictions\n      highWater\n      lastReceivedAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TrustCellModel on Model {\n    id\n    trust {\n      ...TrustFigures\n    }\n    trustHistory(maxPoints: 60) {\n      values\n      lows\n      highs\n    }\n  }\n"): (typeof documents)["\n  fragment TrustCellModel on Model {\n    id\n    trust {\n      ...TrustFigures\n    }\n    trustHistory(maxPoints: 60) {\n      values\n      lows\n      highs\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TrustHistory($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      trustHistory(maxPoints: 600) {\n        positions\n        recordedAt\n        windowEnd\n        values\n        lows\n        highs\n        coverages\n      }\n      trustPolicy {\n        version\n        threshold\n        aggregation\n        minimumCoverage\n        weights {\n          kind\n          weight\n        }\n        changedAt\n        changedBy {\n          kind\n          id\n          name\n        }\n      }\n      marks {\n        position\n        at\n        kind\n        text\n      }\n    }\n  }\n"): (typeof documents)["\n  query TrustHistory($id: ID!, $asOf: AsOf) {\n    model(id: $id, asOf: $asOf) {\n      id\n      trustHistory(maxPoints: 600) {\n        positions\n        recordedAt\n        windowEnd\n        values\n        lows\n        highs\n        coverages\n      }\n      trustPolicy {\n        version\n        threshold\n        aggregation\n        minimumCoverage\n        weights {\n          kind\n          weight\n        }\n        changedAt\n        changedBy {\n          kind\n          id\n          name\n        }\n      }\n      marks {\n        position\n        at\n        kind\n        text\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TrustFigures on TrustScore {\n    value\n    reason\n    interval {\n      low\n      high\n    }\n    coverage\n    threshold\n    standing\n    trend {\n      direction\n      share\n    }\n    components {\n      kind\n      value\n      weight\n      contribution\n      reason\n      rows\n    }\n    formula\n    policyVersion\n    recordedAt\n    position\n    evaluationId\n    version {\n      id\n      tag\n    }\n    sentence\n  }\n"): (typeof documents)["\n  fragment TrustFigures on TrustScore {\n    value\n    reason\n    interval {\n      low\n      high\n    }\n    coverage\n    threshold\n    standing\n    trend {\n      direction\n      share\n    }\n    components {\n      kind\n      value\n      weight\n      contribution\n      reason\n      rows\n    }\n    formula\n    policyVersion\n    recordedAt\n    position\n    evaluationId\n    version {\n      id\n      tag\n    }\n    sentence\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription LiveTrust($modelId: ID!, $after: Cursor) {\n    trustScore(modelId: $modelId, after: $after) {\n      cursor\n      sequence\n      readAt\n      rows\n      labels\n      labelCoverage\n      windowStart\n      windowEnd\n      score {\n        ...TrustFigures\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription LiveTrust($modelId: ID!, $after: Cursor) {\n    trustScore(modelId: $modelId, after: $after) {\n      cursor\n      sequence\n      readAt\n      rows\n      labels\n      labelCoverage\n      windowStart\n      windowEnd\n      score {\n        ...TrustFigures\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;