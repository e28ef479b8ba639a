namespace Recipes.Testing;

/// <summary>The configuration files of nginx.</summary>
internal static class NginxConfiguration
{
    /// <summary>What every nginx of the tests needs to run in a folder of its own.</summary>
    /// <remarks>
    /// One process without workers: killing it leaves nothing behind, and as root no other user has to read the folder.
    /// Every temporary path is set, or nginx wants /var/lib/nginx.
    /// </remarks>
    public static string Wrap(string http) => $$"""
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr error;
        events { worker_connections 1024; }
        http {
          default_type application/json;
          client_body_temp_path tmp-body; proxy_temp_path tmp-proxy; fastcgi_temp_path tmp-fastcgi; uwsgi_temp_path tmp-uwsgi; scgi_temp_path tmp-scgi;
          client_body_buffer_size 64k;
          keepalive_requests 1000000;
          {{http}}
        }
        """;

    /// <param name="folder">Where users, keys and faults lie; nginx looks at them with every request.</param>
    /// <param name="port">The port of the server.</param>
    /// <param name="otherPort">The port of another host, 127.0.0.2.</param>
    /// <param name="silentPort">A port that accepts connections and never answers.</param>
    /// <param name="mark">Answered at /mark: tells this nginx from another that took the same port.</param>
    public static string Main(string folder, int port, int otherPort, int silentPort, string mark) => Wrap($$"""
        log_format requests escape=json '{"server":"$server_label","method":"$request_method","uri":"$request_uri","status":$status,'
          '"authorization":"$http_authorization","api_key":"$http_x_api_key","cookie":"$http_cookie","accept":"$http_accept",'
          '"content_type":"$http_content_type","user_agent":"$http_user_agent","body":"$request_body"}';
          map $server_port $server_label { default main; {{otherPort}} other; }

          # A key is a file named after it: adding and removing one needs no reload. Its text tells what it may do.
          map "$http_x_api_key$arg_api_key" $key { default ""; "~^(?<plain_key>[A-Za-z0-9_-]+)$" $plain_key; }
          map $request_method $writes { default 1; GET 0; HEAD 0; OPTIONS 0; }
          map $remote_user $is_admin { default 0; admin 1; }

          # Only what cannot break the JSON of the echo is shown.
          map $http_authorization $shown_authorization { default "(not shown)"; "~^(?<a0>[^\"\\\\]*)$" $a0; }
          map $http_x_api_key $shown_api_key { default "(not shown)"; "~^(?<a1>[^\"\\\\]*)$" $a1; }
          map $http_accept $shown_accept { default "(not shown)"; "~^(?<a2>[^\"\\\\]*)$" $a2; }
          map $http_content_type $shown_content_type { default "(not shown)"; "~^(?<a3>[^\"\\\\]*)$" $a3; }
          map $http_user_agent $shown_user_agent { default "(not shown)"; "~^(?<a4>[^\"\\\\]*)$" $a4; }
          map $http_x_original_uri $shown_uri { default "(not shown)"; "~^(?<a5>[^\"\\\\]*)$" $a5; }
          map $http_x_remote_user $shown_user { default "(not shown)"; "~^(?<a6>[^\"\\\\]*)$" $a6; }

          limit_req_zone $server_port zone=everyone:64k rate=1r/m;
          limit_req_status 429;

          server {
            listen unix:{{folder}}/echo.sock;
            access_log off;
            location / {
              return 200 '{"ok":true,"headers":{"authorization":"$shown_authorization","x-api-key":"$shown_api_key","accept":"$shown_accept","content-type":"$shown_content_type","user-agent":"$shown_user_agent"},"method":"$request_method","uri":"$shown_uri","user":"$shown_user"}';
            }
          }

          server {
            listen 127.0.0.1:{{port}};
            access_log access.log requests;
            absolute_redirect on;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header X-Original-Uri $request_uri;
            proxy_set_header X-Remote-User $remote_user;
            error_page 429 = @rate-limited;
            error_page 503 = @maintenance;

            location = /mark { access_log off; return 200 '{{mark}}'; }
            location /marks/ { return 204; }

            location /echo/ { proxy_pass http://unix:{{folder}}/echo.sock; }

            location /basic/ {
              {{Faults(folder)}}
              auth_basic "Docs"; auth_basic_user_file {{folder}}/users;
              proxy_pass http://unix:{{folder}}/echo.sock;
            }
            location /admin/ {
              auth_basic "Docs"; auth_basic_user_file {{folder}}/users;
              try_files /nothing @admin;
            }
            location @admin {
              if ($is_admin = 0) { return 403; }
              proxy_pass http://unix:{{folder}}/echo.sock;
            }
            location /key/ {
              {{Faults(folder)}}
              set $refusal "";
              if ($key = "") { return 401 '{"error":"api key missing"}'; }
              if (!-f {{folder}}/keys/$key) { return 401 '{"error":"invalid api key"}'; }
              if (-f {{folder}}/readonly-keys/$key) { set $refusal $writes; }
              if ($refusal = 1) { return 403 '{"error":"key is read-only"}'; }
              proxy_pass http://unix:{{folder}}/echo.sock;
            }

            location /limited/ { return 429; }
            location /throttled/ { limit_req zone=everyone burst=1 nodelay; proxy_pass http://unix:{{folder}}/echo.sock; }
            location /maintenance/ { return 503; }
            location /maintenance-until/ { default_type text/html; add_header Retry-After "Wed, 21 Oct 2037 07:28:00 GMT" always; error_page 404 /404; return 503 '<h1>Maintenance</h1>'; }
            location /error/ { return 500; }
            location /down/ { proxy_pass http://127.0.0.1:1; }
            location /hang/ { proxy_pass http://127.0.0.1:{{silentPort}}; proxy_read_timeout 1s; }
            location /slow/ { proxy_pass http://127.0.0.1:{{silentPort}}; proxy_read_timeout 60s; }
            location /drop/ { return 444; }
            location /missing/ { return 404; }
            location /error-in-200/ { return 200 '{"error":"invalid_token"}'; }
            location = /redirect/same { return 302 /echo/redirected; }
            location = /redirect/other { return 302 http://127.0.0.2:{{otherPort}}/echo/redirected; }
            location = /redirect/sign-in { return 302 /sign-in; }
            location = /sign-in { default_type text/html; return 200 '<!doctype html><title>Sign in</title><form method="post"><input name="login"><input type="password" name="password"><button>Sign in</button></form>'; }

            location @rate-limited { add_header Retry-After 5 always; return 429 '{"message":"API rate limit exceeded"}'; }
            location @maintenance { default_type text/html; add_header Retry-After 120 always; return 503 '<h1>Maintenance</h1>'; }
          }

          server {
            listen 127.0.0.2:{{otherPort}};
            access_log access.log requests;
            location / { proxy_set_header X-Original-Uri $request_uri; proxy_pass http://unix:{{folder}}/echo.sock; }
          }
        """);

    private static string Faults(string folder) => $$"""
        if (-f {{folder}}/faults/RateLimited) { return 429; }
              if (-f {{folder}}/faults/Maintenance) { return 503; }
              if (-f {{folder}}/faults/Error) { return 500; }
              if (-f {{folder}}/faults/BadGateway) { return 502; }
              if (-f {{folder}}/faults/GatewayTimeout) { return 504; }
              if (-f {{folder}}/faults/Drop) { return 444; }
              if (-f {{folder}}/faults/Forbidden) { return 403; }
              if (-f {{folder}}/faults/Hang) { rewrite ^ /slow/ last; }
        """;
}
