//! The end of a campaign: the faults that happened, how all operations ended, and what differs.

mod text;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use harness::{
    Books, Difference, Document, End, Injection, LedgerEntry, Movement, profile_folder, workflow_id,
};

use super::field::Field;
use super::occurrence::{Occurrence, Records};
use super::plan::Plan;
use super::repeat::Repeat;

/// All that there is to say.
pub(crate) struct Report<'p> {
    pub(super) occurrences: BTreeMap<&'p str, Occurrence>,
    pub(super) deeds: BTreeMap<&'static str, usize>,
    pub(super) injected: BTreeMap<Injection, usize>,
    /// How many ended so at Sky, and at Stripe.
    pub(super) endings: BTreeMap<String, [usize; 2]>,
    pub(super) differences: Vec<(String, Difference)>,
    /// What was planned, and never occurred.
    pub(super) void: Vec<String>,
    pub(super) attention_ever: usize,
    pub(super) took: Duration,
}

impl<'p> Report<'p> {
    /// Asks everybody.
    pub(crate) async fn gather(plan: &'p Plan, field: &Field) -> anyhow::Result<Report<'p>> {
        let stack = field.stack.read().await;
        let records = Records {
            partner_journal: stack.partner().journal().await?,
            operations: stack.partner().operations().await?,
            callbacks: stack.partner().callbacks().await?,
            billing_journal: stack.billing().journal().await?,
            stripe_journal: stack.stripe()?.journal().await?,
            events: stack.stripe()?.deliveries().await?,
        };
        let mut injected = BTreeMap::new();
        for (kind, times) in stack.proxies().iter().flat_map(|proxy| proxy.injected()) {
            *injected.entry(kind).or_default() += times;
        }
        let at_stripe = stack.stripe()?.whole_ledger().await?.into_iter();
        // Orders were paid before, by no request.
        let at_stripe = at_stripe.filter(|it| it.request_id.is_some());
        let mut moved = stack.partner().whole_ledger().await?;
        moved.extend(at_stripe.filter_map(Movement::entry));
        let mut ledger = by_request(moved, |it| &it.request_id);
        let mut documents = by_request(stack.billing().all_documents().await?, |it| &it.request_id);
        let diary = field.diary();
        let mut report = Report {
            occurrences: records.occurrences(plan),
            deeds: diary.deeds.clone(),
            injected,
            endings: BTreeMap::new(),
            differences: Vec::new(),
            void: Vec::new(),
            attention_ever: diary.attention_ever.len(),
            took: diary.begun.elapsed(),
        };
        for planned in &plan.operations {
            let id = &planned.operation.request_id;
            let phase = if diary.attention.contains(id) {
                "needs_attention"
            } else {
                "unseen"
            };
            let open = || End::Open(phase.to_owned());
            let books = Books {
                ledger: ledger.remove(id).unwrap_or_default(),
                documents: documents.remove(id).unwrap_or_default(),
                end: diary.endings.get(id).cloned().unwrap_or_else(open),
            };
            let word = books.end.label().to_owned();
            let ended = report.endings.entry(word).or_default();
            ended[usize::from(planned.is_at_stripe())] += 1;
            let repeats = diary.repeats.get(id).into_iter().flatten();
            let differences = books
                .differences(&planned.operation, &planned.expected())
                .into_iter()
                .chain(repeats.flat_map(Repeat::differences));
            let differences = differences.map(|it| (id.clone(), it));
            report.differences.extend(differences);
        }
        report.find_unasked(&ledger, &documents);
        report.void = report.never_occurred(plan);
        Ok(report)
    }

    /// Whether every difference is explained, and every fault happened.
    pub(crate) fn is_good(&self) -> bool {
        self.void.is_empty() && self.unexplained().next().is_none()
    }

    /// What must never happen, by request.
    pub(crate) fn unexplained(&self) -> impl Iterator<Item = &(String, Difference)> {
        let all = self.differences.iter();
        all.filter(|(_, difference)| difference.reason.is_none())
    }

    /// Keeps the histories of what is not explained, and what the processes said.
    pub(crate) async fn keep_histories(&self, field: &Field, seed: u64) -> anyhow::Result<()> {
        if self.unexplained().next().is_none() {
            return Ok(());
        }
        let folder: PathBuf = profile_folder()?.join(format!("campaign-{seed}"));
        fs::create_dir_all(&folder)?;
        let stack = field.stack.read().await;
        fs::write(folder.join("logs.txt"), stack.logs()?)?;
        for (id, _) in self.unexplained() {
            let workflow = workflow_id(id);
            let show = ["workflow", "show", "--workflow-id", &workflow];
            let history = stack.temporal().cli(&show).await?;
            fs::write(folder.join(format!("{id}.json")), format!("{history:#}"))?;
        }
        println!("Their histories lie in {}", folder.display());
        Ok(())
    }

    fn find_unasked(
        &mut self,
        ledger: &BTreeMap<String, Vec<LedgerEntry>>,
        documents: &BTreeMap<String, Vec<Document>>,
    ) {
        let moved = ledger
            .iter()
            .map(|(id, it)| (id, "moved, and never asked for", format!("{it:?}")));
        let billed = documents
            .iter()
            .map(|(id, it)| (id, "billed, and never asked for", format!("{it:?}")));
        for (id, what, detail) in moved.chain(billed) {
            let reason = None;
            let difference = Difference {
                what,
                detail,
                reason,
            };
            self.differences.push((id.clone(), difference));
        }
    }

    fn never_occurred(&self, plan: &Plan) -> Vec<String> {
        let did_occur = |kind: &str| {
            let occurred = self.occurrences.get(kind).map_or(0, |it| it.occurred);
            occurred > 0 || self.deeds.contains_key(kind)
        };
        let kinds = plan.kinds();
        let planned = kinds.into_iter().filter(|kind| !did_occur(kind));
        let proxies = Injection::ALL
            .into_iter()
            .filter(|kind| !self.injected.contains_key(kind))
            .map(|kind| format!("connection: {}", kind.as_str()));
        planned.map(str::to_owned).chain(proxies).collect()
    }
}

fn by_request<T>(all: Vec<T>, id: impl Fn(&T) -> &String) -> BTreeMap<String, Vec<T>> {
    let mut by_request: BTreeMap<String, Vec<T>> = BTreeMap::new();
    for one in all {
        by_request.entry(id(&one).clone()).or_default().push(one);
    }
    by_request
}
