//! `sky-worker setup`: creates what payments need of Temporal's namespace, where the API allows it, and
//! says what a person has to do. Nothing that is there is removed or shortened, and a second run
//! finds nothing to do.
//!
//! It is a verb of the worker, since the worker is what refuses to start without it.

mod words;

use std::collections::HashMap;
use std::time::Duration;

use clap::Args;
use doctor::RETENTION;
use doctor::search_attributes::Fault;
use temporal_connection::Settings;
use temporalio_client::tonic::{Code, IntoRequest, Status};
use temporalio_client::{Client, NamespacedClient};
use temporalio_common::protos::temporal::api::enums::v1::IndexedValueType;
use temporalio_common::protos::temporal::api::namespace::v1::NamespaceConfig;
use temporalio_common::protos::temporal::api::operatorservice::v1::{
    AddSearchAttributesRequest, ListSearchAttributesRequest,
};
use temporalio_common::protos::temporal::api::workflowservice::v1::{
    DescribeNamespaceRequest, RegisterNamespaceRequest, UpdateNamespaceRequest,
};
use terminal_text::print;
use tokio::time::sleep;
use workflows::contract::search_attributes::registrations;

use crate::Failure;

/// How to do it.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Changes nothing, and says what would be changed
    #[arg(long)]
    dry_run: bool,
}

/// Temporal's servers learn of a new namespace after some seconds.
const SPREADS_WITHIN: u32 = 30;

/// Does it, and prints a line for each thing. Fails if something is left for a person.
pub(crate) fn setup(arguments: &Arguments) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::other)?;
    let settings = temporal_connection::from_environment(None)?;
    let left = runtime.block_on(set_up(&settings, arguments.dry_run))?;
    for line in &left {
        print(&words::by_hand(line));
    }
    if left.is_empty() {
        return Ok(());
    }
    let words = "the namespace is not set up yet: see what is to do by hand";
    Err(Failure::Other(words.to_owned()))
}

/// Returns what is left for a person.
async fn set_up(settings: &Settings, dry_run: bool) -> Result<Vec<String>, Failure> {
    let client = temporal_connection::connect_to_any_namespace(settings).await?;
    let mut left = Vec::new();
    if !has_namespace(&client, dry_run, &mut left).await? {
        return Ok(left);
    }
    attributes(&client, dry_run, &mut left).await?;
    Ok(left)
}

/// Whether the namespace is there now, with a retention that is long enough.
async fn has_namespace(
    client: &Client,
    dry_run: bool,
    left: &mut Vec<String>,
) -> Result<bool, Failure> {
    let namespace = client.namespace();
    let request = DescribeNamespaceRequest {
        namespace: namespace.clone(),
        ..Default::default()
    };
    let mut service = client.connection().workflow_service();
    let described = match service.describe_namespace(request.into_request()).await {
        Ok(described) => described.into_inner(),
        Err(status) if status.code() == Code::NotFound => {
            return create(client, dry_run, left).await;
        }
        Err(status) => return Err(refused("describe the namespace", &status)),
    };
    let config = described.config.unwrap_or_default();
    let retention = config.workflow_execution_retention_ttl.unwrap_or_default();
    let days = retention.seconds / (24 * 60 * 60);
    if u64::try_from(retention.seconds).unwrap_or_default() >= RETENTION.as_secs() {
        print(&words::kept(&namespace, days));
        return Ok(true);
    }
    let request = UpdateNamespaceRequest {
        namespace: namespace.clone(),
        config: Some(NamespaceConfig {
            workflow_execution_retention_ttl: RETENTION.try_into().ok(),
            ..Default::default()
        }),
        ..Default::default()
    };
    if dry_run {
        print(&words::raised(&namespace, days, dry_run));
        return Ok(true);
    }
    match service.update_namespace(request.into_request()).await {
        Ok(_) => print(&words::raised(&namespace, days, dry_run)),
        Err(status) if is_not_ours(&status) => left.push(words::to_raise(&namespace, days)),
        Err(status) => return Err(refused("raise the retention", &status)),
    }
    Ok(true)
}

async fn create(client: &Client, dry_run: bool, left: &mut Vec<String>) -> Result<bool, Failure> {
    let namespace = client.namespace();
    if dry_run {
        print(&words::created(&namespace, dry_run));
        return Ok(false);
    }
    let request = RegisterNamespaceRequest {
        namespace: namespace.clone(),
        description: "extra payments and payment reversals".to_owned(),
        workflow_execution_retention_period: RETENTION.try_into().ok(),
        ..Default::default()
    };
    let mut service = client.connection().workflow_service();
    match service.register_namespace(request.into_request()).await {
        Ok(_) => {
            print(&words::created(&namespace, dry_run));
            Ok(true)
        }
        Err(status) if is_not_ours(&status) => {
            left.push(words::to_create(&namespace));
            Ok(false)
        }
        Err(status) => Err(refused("create the namespace", &status)),
    }
}

/// Creates the search attributes that are missing. One of another type is left: to remove it removes
/// what it holds.
async fn attributes(client: &Client, dry_run: bool, left: &mut Vec<String>) -> Result<(), Failure> {
    let namespace = client.namespace();
    let known = match known(client).await {
        Ok(known) => known,
        Err(status) if is_not_ours(&status) => {
            left.push(words::to_create_attributes(&namespace, &registrations()));
            return Ok(());
        }
        Err(status) => return Err(refused("list the search attributes", &status)),
    };
    let is_missing = |(name, _): &(&str, &str)| !known.contains_key(*name);
    let missing: Vec<_> = registrations().into_iter().filter(is_missing).collect();
    let is_left = !missing.is_empty() && !dry_run && !create_attributes(client, &missing).await?;
    if is_left {
        left.push(words::to_create_attributes(&namespace, &missing));
    }
    for (name, kind) in registrations() {
        let state = match (missing.contains(&(name, kind)), dry_run) {
            (false, _) => "there",
            (true, true) => "would be created",
            (true, false) if is_left => "missing",
            (true, false) => "created",
        };
        print(&words::attribute(name, kind, state));
    }
    let mut expected = known;
    expected.extend(kinds(&missing));
    left.extend(Fault::of(&expected).map(|fault| words::to_fix(&fault)));
    Ok(())
}

/// Whether Temporal lets this program create them.
async fn create_attributes(client: &Client, missing: &[(&str, &str)]) -> Result<bool, Failure> {
    let request = AddSearchAttributesRequest {
        namespace: client.namespace(),
        search_attributes: kinds(missing),
    };
    let mut service = client.connection().operator_service();
    match service.add_search_attributes(request.into_request()).await {
        Ok(_) => Ok(true),
        Err(status) if is_not_ours(&status) => Ok(false),
        Err(status) => Err(refused("create the search attributes", &status)),
    }
}

fn kinds(attributes: &[(&str, &str)]) -> HashMap<String, i32> {
    let known = [IndexedValueType::Keyword, IndexedValueType::Int];
    // The type's name is the value of the command's option.
    let kind = |word: &str| known.into_iter().find(|kind| format!("{kind:?}") == word);
    let kinds = attributes.iter();
    let kinds = kinds.filter_map(|(name, word)| Some(((*name).to_owned(), kind(word)? as i32)));
    kinds.collect()
}

/// The search attributes of the namespace, also of one that was created just now.
async fn known(client: &Client) -> Result<HashMap<String, i32>, Status> {
    let mut tries = 0;
    loop {
        let request = ListSearchAttributesRequest {
            namespace: client.namespace(),
        };
        let mut service = client.connection().operator_service();
        match service.list_search_attributes(request.into_request()).await {
            Ok(listed) => return Ok(listed.into_inner().custom_attributes),
            Err(status) if status.code() == Code::NotFound && tries < SPREADS_WITHIN => tries += 1,
            Err(status) => return Err(status),
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// Whether Temporal does not let this program do it: Temporal Cloud has other ways for it.
fn is_not_ours(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::PermissionDenied | Code::Unimplemented | Code::Unauthenticated
    )
}

fn refused(what: &str, status: &Status) -> Failure {
    let (code, message) = (status.code(), status.message());
    Failure::Other(format!("Temporal does not {what}: {code:?}: {message}"))
}
