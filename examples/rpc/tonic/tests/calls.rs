//! The service as its clients call it, over a socket.

use alo_session::{SessionConfig, store::Operation};
use example_tonic::{CounterClient, Empty, Name, Visits, serve};
use session_testing::Site;
use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    Code, Request, Response, Status,
    transport::{Channel, Endpoint},
};

const ID: &str = "x-session-id";

struct Service {
    site: Site,
    server: JoinHandle<()>,
    url: String,
}

impl Service {
    async fn start() -> Self {
        let config = SessionConfig::with(|settings| settings.id_header = Some(ID.into())).unwrap();
        let site = Site::without_app(config);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let layer = site.layer();
        let server = tokio::spawn(async move { serve(layer, listener).await.unwrap() });
        Self { site, server, url }
    }

    async fn client(&self) -> Client {
        let channel = Endpoint::try_from(self.url.clone()).unwrap().connect().await.unwrap();
        Client { calls: CounterClient::new(channel), id: String::new() }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A client that keeps its id, as a browser keeps a cookie. At first it asks for one by an empty value.
struct Client {
    calls: CounterClient<Channel>,
    id: String,
}

impl Client {
    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.metadata_mut().insert(ID, self.id.parse().unwrap());
        request
    }

    fn told(&mut self, response: Result<Response<Visits>, Status>) -> Result<Visits, Code> {
        let response = response.map_err(|status| status.code())?;
        assert!(!response.metadata().contains_key("set-cookie"));
        if let Some(id) = response.metadata().get(ID) {
            self.id = id.to_str().unwrap().to_owned();
        }
        Ok(response.into_inner())
    }

    async fn visit(&mut self) -> Result<Visits, Code> {
        let response = self.calls.visit(self.request(Empty {})).await;
        self.told(response)
    }

    async fn sign_in(&mut self, name: &str) -> Result<Visits, Code> {
        let response = self.calls.sign_in(self.request(Name { name: name.to_owned() })).await;
        self.told(response)
    }

    async fn account(&mut self) -> Result<Visits, Code> {
        let response = self.calls.account(self.request(Empty {})).await;
        self.told(response)
    }

    async fn fail(&mut self) -> Result<Visits, Code> {
        let response = self.calls.fail(self.request(Empty {})).await;
        self.told(response)
    }
}

#[tokio::test]
async fn each_client_has_its_own_count() {
    let service = Service::start().await;
    let (mut one, mut other) = (service.client().await, service.client().await);
    assert_eq!(one.visit().await.unwrap().count, 1);
    assert_eq!(one.visit().await.unwrap().count, 2);
    assert_eq!(other.visit().await.unwrap().count, 1);
}

#[tokio::test]
async fn a_sign_in_changes_the_id_and_the_old_one_is_dead() {
    let service = Service::start().await;
    let mut ada = service.client().await;
    assert_eq!(ada.account().await, Err(Code::Unauthenticated));
    ada.visit().await.unwrap();
    let mut thief = service.client().await;
    thief.id = ada.id.clone();
    ada.sign_in("ada").await.unwrap();
    assert_ne!(ada.id, thief.id);
    assert_eq!(ada.account().await, Ok(Visits { count: 1, user: Some("ada".into()) }));
    assert_eq!(thief.account().await, Err(Code::Unauthenticated));
}

#[tokio::test]
async fn a_call_that_fails_saves_nothing() {
    let service = Service::start().await;
    let mut ada = service.client().await;
    ada.visit().await.unwrap();
    assert_eq!(ada.fail().await, Err(Code::FailedPrecondition));
    assert_eq!(ada.visit().await.unwrap().count, 2);
}

#[tokio::test]
async fn a_store_that_fails_is_a_status_of_grpc() {
    let service = Service::start().await;
    let mut ada = service.client().await;
    ada.visit().await.unwrap();
    service.site.faults().down();
    assert_eq!(ada.visit().await, Err(Code::Unavailable));
    service.site.faults().up();
    service.site.faults().fail_next(Operation::Commit);
    assert_eq!(ada.visit().await, Err(Code::Unavailable));
    assert_eq!(ada.visit().await.unwrap().count, 2);
}
