//! What a run measures.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};

use lab_results::{
    build_metrics::{self, is_build_metric},
    cases::is_load,
    query::{Case, Query, itself},
    result::{Mode, OUTSIDE, Request},
    scenario::{self, Scenario},
};
use lab_workspace::suggest;

use crate::claims::{Claim, Claims};

/// The sizes of a growth curve.
pub const GROWTH: [u64; 5] = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// The word that chooses what the article's claims name, but load.
pub const ALL_CLAIMS: &str = "claims";

/// The words that choose more than a topic, a case or a claim.
pub const GROUPS: [&str; 4] = [ALL_CLAIMS, scenario::WORD, build_metrics::TOPIC, OUTSIDE];

/// What is known when one chooses.
pub struct Choice<'a> {
    /// All cases.
    pub cases: &'a [Case],
    /// All claims, where they are written yet.
    pub claims: Option<&'a Claims>,
}

impl Choice<'_> {
    /// Queries that a request asks for; an error names the right words for wrong ones.
    pub fn queries(&self, request: &Request) -> Result<Vec<Query>> {
        let thorough = request.mode == Mode::Thorough;
        let mut chosen = if request.only.is_empty() {
            self.whole_mode(request.mode)?
        } else {
            BTreeSet::new()
        };
        for word in &request.only {
            chosen.extend(if request.reference {
                self.part(word)?
            } else {
                self.word(word, thorough)?
            });
        }
        let mut chosen = with_settings(chosen, &request.settings)?;
        if request.scale.is_some() {
            chosen = chosen
                .into_iter()
                .map(|w| Query {
                    scale: request.scale,
                    ..w
                })
                .collect();
        }
        // What no program has yet cannot be measured; the claims that want it say so.
        chosen.retain(|query| self.has(query));
        if let Some(partition) = request.partition {
            self.keep_share(&mut chosen, partition)?;
        }
        // In the article's order, smaller sizes first: they tell what the larger ones will take.
        let place = |query: &Query| {
            self.cases
                .iter()
                .position(|case| (&case.topic, &case.name) == (&query.topic, &query.case))
        };
        let mut chosen: Vec<Query> = chosen.into_iter().collect();
        chosen.sort_by_key(|query| (place(query), query.clone()));
        Ok(chosen)
    }

    /// Queries of a whole run in this mode.
    fn whole_mode(&self, mode: Mode) -> Result<BTreeSet<Query>> {
        let named = without_long(self.by_claims(Claim::is_the_articles)?);
        let headline = without_long(self.headline()?);
        let mut chosen: BTreeSet<Query> = named
            .iter()
            .chain(&headline)
            .map(|query| itself(&query.topic, &query.case))
            .collect();
        if mode == Mode::Thorough {
            chosen.extend(named);
            chosen.extend(headline.iter().flat_map(growth));
            chosen.insert(build_metrics::query());
        } else if mode != Mode::Smoke {
            chosen.insert(scenario::quick());
        }
        if self.claims.is_none() {
            let all = self.cases.iter();
            let all = all.map(|case| itself(&case.topic, &case.name));
            chosen.extend(all.filter(|query| !is_load(query)));
        }
        Ok(chosen)
    }

    /// Keeps the queries of one share of a partition: every `shares`-th case.
    fn keep_share(&self, chosen: &mut BTreeSet<Query>, [share, shares]: [usize; 2]) -> Result<()> {
        ensure!(
            (1..=shares).contains(&share),
            "there is no share {share} of {shares}: --partition takes K/N with K from 1 to N"
        );
        let is_chosen = |case: &&Case| {
            chosen
                .iter()
                .any(|query| (&query.topic, &query.case) == (&case.topic, &case.name))
        };
        let mine: BTreeSet<(String, String)> = self
            .cases
            .iter()
            .filter(is_chosen)
            .skip(share - 1)
            .step_by(shares)
            .map(|case| (case.topic.clone(), case.name.clone()))
            .collect();
        chosen.retain(|query| {
            let is_first = share == 1 && is_build_metric(query);
            is_first || mine.contains(&(query.topic.clone(), query.case.clone()))
        });
        Ok(())
    }

    fn has(&self, query: &Query) -> bool {
        let mut cases = self.cases.iter();
        // A point of load has a name, whether or not it stands in the catalogue.
        is_build_metric(query)
            || is_load(query) && cases.clone().any(|case| case.topic == query.topic)
            || cases.any(|case| (&case.topic, &case.name) == (&query.topic, &query.case))
    }

    fn by_claims(&self, chosen: impl Fn(&Claim) -> bool) -> Result<BTreeSet<Query>> {
        let mut all = BTreeSet::new();
        for claim in self.claims.iter().flat_map(|claims| &claims.claim) {
            if chosen(claim) {
                all.extend(claim.queries()?);
            }
        }
        Ok(all)
    }

    /// The same with what stands beside these claims.
    fn with_beside(&self, chosen: impl Fn(&Claim) -> bool) -> Result<BTreeSet<Query>> {
        let mut all = self.by_claims(&chosen)?;
        let claims = self.claims.iter().flat_map(|claims| &claims.claim);
        for claim in claims.filter(|claim| chosen(claim)) {
            all.extend(claim.beside()?);
        }
        Ok(all)
    }

    /// What a part of the reference measures: all that its claims name, so that no claim needs two parts.
    fn part(&self, word: &str) -> Result<BTreeSet<Query>> {
        let mut chosen = self.with_beside(|claim| part_of(claim) == word)?;
        if word == scenario::WORD {
            chosen.extend(scenario::shown());
        }
        Ok(chosen)
    }

    /// The headline cases: those of the claim that takes all topics together, or each topic's first.
    fn headline(&self) -> Result<BTreeSet<Query>> {
        let named = self.by_claims(Claim::is_headline)?;
        if !named.is_empty() {
            return Ok(named);
        }
        let mut topics = BTreeSet::new();
        let firsts = self.cases.iter().filter(|case| topics.insert(&case.topic));
        Ok(firsts.map(|case| itself(&case.topic, &case.name)).collect())
    }

    fn word(&self, word: &str, thorough: bool) -> Result<BTreeSet<Query>> {
        if word == ALL_CLAIMS && self.claims.is_some() {
            return Ok(without_long(self.by_claims(Claim::is_the_articles)?));
        }
        if word == OUTSIDE && self.claims.is_some() {
            return self.by_claims(|claim| !claim.is_the_articles());
        }
        if word == build_metrics::TOPIC {
            return Ok(BTreeSet::from([build_metrics::query()]));
        }
        if word == scenario::WORD {
            let named = self.by_claims(Claim::is_the_articles)?;
            let named = named.into_iter().filter(is_load);
            return Ok(named.chain(scenario::shown()).collect());
        }
        let is_claim = |claim: &Claim| claim.id.eq_ignore_ascii_case(word);
        if self
            .claims
            .is_some_and(|claims| claims.claim.iter().any(is_claim))
        {
            return self.with_beside(is_claim);
        }
        if let Some((topic, name)) = word.split_once('/')
            && self.has(&itself(topic, name))
            && scenario::is_load(topic, name)
        {
            let mut chosen = BTreeSet::from([itself(topic, name)]);
            if thorough {
                let named = self.by_claims(Claim::is_the_articles)?;
                chosen.extend(named.into_iter().filter(|w| is_load(w) && w.case == name));
            }
            return Ok(chosen);
        }
        self.by_name(word, thorough)
    }

    /// Queries of a topic or of a case. A thorough run adds the growth curve and what the article's claims need.
    fn by_name(&self, word: &str, thorough: bool) -> Result<BTreeSet<Query>> {
        let is_named = |case: &&Case| match word.split_once('/') {
            Some((topic, name)) => case.topic == topic && case.name == name,
            None => case.topic == word && !scenario::is_load(word, &case.name),
        };
        let cases: Vec<&Case> = self.cases.iter().filter(is_named).collect();
        if cases.is_empty() {
            bail!("{}", self.unknown(word));
        }
        let headline = self.headline()?;
        let headline: BTreeSet<Query> = headline
            .iter()
            .map(|query| itself(&query.topic, &query.case))
            .collect();
        let mut chosen = BTreeSet::new();
        for case in cases {
            let itself = itself(&case.topic, &case.name);
            if thorough {
                // A topic grows by its headline, a case that is named by itself.
                if word.contains('/') || headline.contains(&itself) {
                    chosen.extend(growth(&itself));
                }
                let named = self.by_claims(Claim::is_the_articles)?;
                let of_case = |w: &Query| (&w.topic, &w.case) == (&case.topic, &case.name);
                chosen.extend(named.into_iter().filter(of_case));
            }
            chosen.insert(itself);
        }
        Ok(chosen)
    }

    /// Says that a word chooses nothing, and which one was probably meant, or which there are.
    fn unknown(&self, word: &str) -> String {
        let cases = self.cases.iter();
        let cases: Vec<String> = cases.map(|c| format!("{}/{}", c.topic, c.name)).collect();
        let mut topics: Vec<&str> = self.cases.iter().map(|case| case.topic.as_str()).collect();
        topics.dedup();
        let claims = self.claims.iter().flat_map(|claims| &claims.claim);
        let claims: Vec<&str> = claims.map(|claim| claim.id.as_str()).collect();
        let known = || {
            let words = topics.iter().chain(&GROUPS).chain(&claims).copied();
            words.chain(cases.iter().map(String::as_str))
        };
        let says = format!("there is nothing called {word:?}");
        // A point of load may be any combination of words.
        if let Some(name) = word
            .strip_prefix("server/")
            .filter(|name| name.starts_with("load_"))
            && let Err(why) = Scenario::parse(name)
        {
            return format!("{says}: {why:#}");
        }
        if let Some(meant) = suggest::find_similar(word, known()) {
            return format!("{says}; did you mean {meant:?}? \"cargo lab plan --all\" lists all");
        }
        let lists = [
            ("topics", topics.join(", ")),
            ("cases", cases.join(", ")),
            ("claims", claims.join(", ")),
        ];
        let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
        let lists: Vec<String> = lists
            .map(|(kind, names)| format!("{kind}: {names}"))
            .collect();
        format!(
            "{says}; there are\n{}\nand the groups \"claims\", \"load\", \"programs\" and \"outside\", which \
             \"cargo lab measure --help\" explains",
            lists.join("\n")
        )
    }
}

/// The part of the reference to which a claim belongs: that of load if it asks for nothing else.
pub fn part_of(claim: &Claim) -> &'static str {
    if !claim.is_the_articles() {
        return OUTSIDE;
    }
    match claim.judged() {
        Ok(judged) if !judged.is_empty() && judged.iter().all(is_load) => scenario::WORD,
        _ => ALL_CLAIMS,
    }
}

/// Load takes long, and so does building: only who names it gets more than the one point of load of a
/// quick run.
fn without_long(mut queries: BTreeSet<Query>) -> BTreeSet<Query> {
    queries.retain(|query| !is_load(query) && !is_build_metric(query));
    queries
}

fn growth(of: &Query) -> Vec<Query> {
    let at = |scale| Query {
        scale: Some(scale),
        ..itself(&of.topic, &of.case)
    };
    GROWTH.map(at).to_vec()
}

/// The same cases with each of these settings, such as `gogc400`, `gogc400+mimalloc` or `one`.
fn with_settings(chosen: BTreeSet<Query>, names: &[String]) -> Result<BTreeSet<Query>> {
    if names.is_empty() {
        return Ok(chosen);
    }
    let pairs = names
        .iter()
        .flat_map(|name| chosen.iter().map(move |query| (query, name)));
    pairs.map(|(query, name)| query.under(name)).collect()
}

#[cfg(test)]
mod tests;
