import type { CategoryEntry } from '../../src/core/law/catalogue.js';
import { loadCatalogue } from '../../src/platform/catalogue/load-catalogue.js';
import { CONFIGURATION } from '../support/edited-configuration.js';

/**
 * What the data dictionary says of each category: its data classes (ordinary, special, criminal-offence, confidential), what
 * it gives in short and nothing else, the leaves that always wait for a person, and its closed list of questions.
 *
 * A catalogue may gain leaves without a change here. What is given in short, or without a person, may not grow unseen.
 */
const DICTIONARY: readonly (readonly [
  reference: string,
  code: string,
  classes: string,
  minimised: string,
  text: string,
  questions: string,
])[] = [
  ['D01', 'core-identity', 'O', 'recordMatched verificationStatus', '', ''],
  ['D02', 'aliases', 'O', 'aliasMatch', '', ''],
  ['D03', 'address', 'O', 'localAuthority postcodeDistrict', '', ''],
  ['D04', 'protected-location', 'OF', 'contactRoute', 'notToBeKnownTo', ''],
  ['D05', 'contact-details', 'O', 'safeToContact', 'safeContactInstructions', ''],
  ['D06', 'household', 'O', 'peopleWithSubject', '', ''],
  ['D07', 'parental-responsibility', 'O', 'responsibilityHeldBy ordersInForce', '', ''],
  ['D08', 'ethnicity-and-language', 'OS', 'interpreterNeeded', '', ''],
  ['D09', 'disability-and-communication', 'S', 'adjustmentNeeded', '', ''],
  ['D10', 'education-attendance', 'O', 'onRoll attendanceRate', 'dailyPattern', 'attendance-pattern on-roll'],
  ['D11', 'education-behaviour', 'OS', 'hasEhcp exclusionsInTwelveMonths', 'pastoralNotes', ''],
  ['D12', 'protection-status', 'OF', 'hasStatus teamContact', '', ''],
  [
    'D13',
    'protection-plan',
    'SCF',
    'planCategory planFrom planReviewOn recipientActions',
    'minutes conferenceReport',
    '',
  ],
  [
    'D14',
    'case-narrative',
    'SCF',
    'currentStage assessmentFactors currentAnalysis',
    'chronology assessment caseNotes currentAnalysis',
    '',
  ],
  ['D15', 'present-concern', 'SF', 'concernInShort concernRaisedOn', 'subjectsOwnWords account', ''],
  [
    'D16',
    'injury-findings',
    'SF',
    'findingsInShort',
    'accountGiven clinicalNarrative',
    'consistent-with-account medical-opinion',
  ],
  [
    'D17',
    'health-summary',
    'SF',
    'edAttendances missedAppointments growth development immunisation bleedingDisorder priorConcerns longTermConditions currentMedicines knownAllergies antenatalCare lastSeen healthAffectsCare',
    'summary',
    'ed-attendances missed-appointments growth development immunisation bleeding-disorder prior-concerns long-term-conditions current-medicines allergies antenatal-care last-seen health-affects-care',
  ],
  ['D18', 'full-medical-record', 'SF', '', 'record', ''],
  [
    'D19',
    'mental-health',
    'SF',
    'affectsCareOrSafety currentDiagnoses currentRisk mentalHealthTeam',
    'clinicalNotes',
    'affects-care current-risk',
  ],
  ['D20', 'substance-use', 'SF', 'useAffectsCare treatmentService', 'notes', 'affects-care'],
  ['D21', 'sexual-health', 'SF', 'relevantToConcern', 'notes', ''],
  ['D22', 'hiv-sti', 'SF', 'isTheRisk', 'notes', ''],
  ['D23', 'fertility-treatment', 'SF', '', 'treatment', ''],
  ['D24', 'gender-recognition', 'SF', '', 'information', ''],
  ['D25', 'adoption-link', 'OF', '', 'link', ''],
  ['D26', 'counselling-notes', 'SF', 'attended', 'notes', ''],
  ['D27', 'domestic-abuse', 'CF', 'known latestOn riskGrade roleInAbuse', 'narrative', 'known'],
  ['D28', 'convictions', 'C', 'relevantConvictions', 'circumstances', ''],
  ['D29', 'arrests-and-allegations', 'C', 'untested', 'accounts', ''],
  ['D30', 'intelligence', 'CF', 'gradings sanitisedLine', 'sanitisedReport sanitisedLine', ''],
  ['D31', 'police-incidents', 'C', 'callOuts callOutOutcomes', 'officerNarrative', 'call-outs-to-address'],
  ['D32', 'bail-and-orders', 'C', 'contactOrResidence', '', ''],
  ['D33', 'referrer-identity', 'OF', 'profession', '', ''],
  ['D34', 'third-party', 'OSCF', 'peopleByRole', 'information', ''],
  ['D35', 'financial', 'O', 'affordabilityConcern exploitationIndicator', 'notes', ''],
  ['D36', 'immigration', 'O', 'noRecourseToPublicFunds unaccompaniedChild', 'notes', ''],
  ['D37', 'housing', 'O', 'stable evictionOn', 'officerNotes', ''],
  ['D38', 'legally-privileged', 'F', '', 'material', ''],
  ['D39', 'family-court', 'F', 'ordersMade', 'operativeTerms documents', ''],
  ['D40', 'allegation-about-professional', 'CF', 'natureOfAllegation allegedOn childAgeBand', 'account', ''],
  ['D41', 'capacity-and-wishes', 'SF', 'hasCapacityForDecision outcomeWanted', 'ownWords', ''],
  ['D42', 'images-and-recordings', 'SF', 'itemsHeld description', 'descriptions description', ''],
  ['D43', 'victim-witness-status', 'CF', 'isVictimOrWitness', 'needsAssessment', ''],
  ['D44', 'staff-safety', 'C', 'hazardTypes', '', ''],
  ['D45', 'professionals-involved', 'O', 'teams', '', ''],
];

const catalogue = loadCatalogue(CONFIGURATION);
const words = (text: string): readonly string[] => text.split(' ').filter((word) => word !== '');

function entryOf(code: string): CategoryEntry {
  const entry = [...catalogue.categories.values()].find((each) => each.code === code);
  if (entry === undefined) throw new Error(`no category \`${code}\``);
  return entry;
}

function classesOf({ leaves }: CategoryEntry): string {
  const classes: readonly string[] = leaves.flatMap(({ dataClasses }) => dataClasses);
  return ['O', 'S', 'C', 'F'].filter((each) => classes.includes(each)).join('');
}

describe('the data dictionary', () => {
  it('is of every category of the catalogue', () => {
    expect(DICTIONARY.map(([reference, code]) => [reference, code])).toEqual(
      [...catalogue.categories.values()].map(({ reference, code }) => [reference, code]),
    );
  });

  it.each(DICTIONARY)('%s %s is of its data classes, in short, in words and in answers as it says', (...row) => {
    const [, code, classes, minimised, text, questions] = row;
    const entry = entryOf(code);

    expect({
      classes: classesOf(entry),
      minimised: entry.leaves.filter(({ form }) => form === 'minimised').map(({ name }) => name),
      text: entry.leaves.filter(({ kind }) => kind === 'text').map(({ name }) => name),
      questions: entry.questions.map((question) => question.code),
    }).toEqual({
      classes,
      minimised: words(minimised),
      text: words(text),
      questions: words(questions),
    });
  });

  it.each(DICTIONARY)('%s %s has leaves of its full form', (_reference, code) => {
    expect(entryOf(code).leaves.some(({ form }) => form === 'full')).toBe(true);
  });

  it('leaves a protected location to two people', () => {
    const byTwo = [...catalogue.categories.values()].filter(({ twoPersonRelease }) => twoPersonRelease === true);
    expect(byTwo.map(({ code }) => code)).toEqual(['protected-location']);
  });
});
