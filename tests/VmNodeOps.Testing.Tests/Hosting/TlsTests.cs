using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using VmNodeOps.Testing.Access;
using VmNodeOps.Testing.Hosting;

namespace VmNodeOps.Testing.Tests.Hosting;

public sealed class TlsTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("kubernetes.default.svc")]
    [InlineData("127.0.0.1")]
    public async Task The_certificate_fits_the_usual_names(string host)
    {
        await using var fixture = await FrontFixture.StartAsync();

        (await HandshakeAsync(fixture, host)).Should().Be(SslPolicyErrors.RemoteCertificateChainErrors, "only the authority is unknown here");
    }

    [Fact]
    public async Task A_certificate_for_another_host_can_be_shown()
    {
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { Certificate = ServerCertificateKind.OtherHostName });

        (await HandshakeAsync(fixture, "127.0.0.1")).Should().HaveFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
        (await HandshakeAsync(fixture, "other.example")).Should().NotHaveFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
    }

    [Theory]
    [InlineData(ServerCertificateKind.OtherHostName)]
    [InlineData(ServerCertificateKind.Expired)]
    [InlineData(ServerCertificateKind.OtherAuthority)]
    public async Task A_client_that_checks_refuses_a_bad_certificate(ServerCertificateKind kind)
    {
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { Certificate = kind });

        var request = () => fixture.Admin.GetAsync("/version");

        (await request.Should().ThrowAsync<HttpRequestException>()).WithInnerException<AuthenticationException>();
    }

    [Fact]
    public async Task The_same_port_answers_on_ipv6()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        await using var fixture = await FrontFixture.StartAsync();

        fixture.Front.AddressV6!.Port.Should().Be(fixture.Front.Address.Port);
        using var response = await fixture.Client(address: fixture.Front.AddressV6).GetAsync("/version");
        response.EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Plain_http_is_there_when_asked_for()
    {
        await using var fixture = await FrontFixture.StartAsync(new HttpFrontOptions { PlainHttp = true });

        using var response = await fixture.Client(address: fixture.Front.PlainAddress, version: new Version(1, 1)).GetAsync("/version");

        response.EnsureSuccessStatusCode();
    }

    [Fact]
    public async Task Starting_and_stopping_is_quick()
    {
        // The first start pays for compiling the server.
        await using (await FrontFixture.StartAsync())
        {
        }

        var clock = Stopwatch.StartNew();
        const int rounds = 5;
        for (var round = 0; round < rounds; round++)
        {
            await using var fixture = await FrontFixture.StartAsync();
        }

        (clock.Elapsed / rounds).Should().BeLessThan(TimeSpan.FromSeconds(1), "it takes some 10 ms on an idle machine");
    }

    private static async Task<SslPolicyErrors> HandshakeAsync(FrontFixture fixture, string host)
    {
        var seen = SslPolicyErrors.None;
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", fixture.Front.Address.Port);
        await using var ssl = new SslStream(client.GetStream());
        // It is the complaint that the tests ask for, so the handshake must go on.
#pragma warning disable CA5359
        await ssl.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            RemoteCertificateValidationCallback = (_, _, _, errors) =>
            {
                seen = errors;
                return true;
            },
        });
#pragma warning restore CA5359
        return seen;
    }
}
